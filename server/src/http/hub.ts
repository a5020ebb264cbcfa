// The Developer Hub's files. Every path that is no route of the API's belongs to its pages: they are one document, which finds
// out by itself what to show, so that a link to any page works. What a build makes under `assets/` has its content in its name.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Route } from "@bellhop/contract/route";

const hstsS = 31_536_000;
const assetsS = 31_536_000;
/** While there is nothing to show yet, the browser asks again. */
const askAgainS = 3;

export type HubOptions = {
  /** Where the build puts it; it may not be there yet. */
  readonly dir: string;
  readonly publicUrl: string;
  readonly routes: readonly Route[];
};

export function serveHub(app: FastifyInstance, { dir, publicUrl, routes }: HubOptions): void {
  const headers = pageHeaders(publicUrl);
  const apiStarts = new Set(routes.map(({ path }) => path.split("/")[1]));
  void app.register(fastifyStatic, { serve: false, preCompressed: true });
  app.get("/*", async (request, reply) => {
    const path = (request.params as { "*": string })["*"];
    if (apiStarts.has(path.split("/")[0])) return reply.callNotFound();
    void reply.headers(headers);
    const isAsset = path.startsWith("assets/");
    if (await isServed(dir, path)) return send(reply, dir, path, isAsset ? `public, max-age=${assetsS}, immutable` : "no-cache");
    if (isAsset || !wantsPage(request)) return reply.callNotFound();
    if (await isServed(dir, "index.html")) return send(reply, dir, "index.html", "no-cache");
    return reply.code(503).header("refresh", askAgainS).type("text/html; charset=utf-8").send(notBuilt);
  });
}

function send(reply: FastifyReply, dir: string, path: string, kept: string): FastifyReply {
  return reply.header("cache-control", kept).sendFile(path, dir, { cacheControl: false });
}

const wantsPage = ({ headers }: FastifyRequest): boolean => headers.accept?.includes("text/html") === true;

/** A file of the build; none of its notes, and nothing outside of it. */
async function isServed(dir: string, path: string): Promise<boolean> {
  const isPlain = path.split("/").every((segment) => /^[^.\\\0][^\\\0]*$/.test(segment));
  if (!isPlain || /\.(br|gz)$/.test(path)) return false;
  return stat(join(dir, path)).then(
    (found) => found.isFile(),
    () => false,
  );
}

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

function pageHeaders(publicUrl: string): Record<string, string> {
  return {
    "content-security-policy": contentSecurityPolicy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    ...(publicUrl.startsWith("https:") ? { "strict-transport-security": `max-age=${hstsS}` } : {}),
  };
}

const notBuilt = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Bellhop</title>
  <h1>The Developer Hub is not built yet</h1>
  <p>A start builds it within seconds, and this page looks again by itself. Where that failed, the terminal says why;
  <code>npm run build -w web</code> builds it by hand. The API works without it.</p>
</html>
`;
