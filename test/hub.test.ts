// The hub's files through the door: pages, assets, headers, and that the API's answers stay as they are.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";

const page = "<!doctype html><title>The hub</title>";
const script = "console.log('the hub');";
const files: Record<string, string | Buffer> = {
  "index.html": page,
  "favicon.svg": "<svg/>",
  "assets/main-1a2b.js": script,
  "assets/main-1a2b.js.br": brotliCompressSync(script),
  ".stamp": "of nobody's concern",
};
const asBrowser = { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8" };

function build(t: TestContext, what: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), "bellhop-hub-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(what)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const get = (program: TestProgram, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(program.url + path, { headers });

/** As it is written: `fetch` would tidy up the path, and ask for fresh content where it is told what is known. */
function getRaw(
  program: TestProgram,
  path: string,
  headers: Record<string, string> = asBrowser,
): Promise<{ status: number; text: string; etag: string }> {
  const { hostname, port } = new URL(program.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text, etag: answer.headers.etag ?? "" }));
    });
    sent.on("error", reject).end();
  });
}

test("a link to any page gives the page, and every page keeps other sites out", async (t) => {
  const program = await startTestProgram(t, { hubDir: build(t, files) });
  for (const path of ["/", "/sign-in", "/apps/app_0123456789abcdef/webhooks?topic=ticket.created", "/workspaces/acme.com", "/v1beyond"]) {
    const answer = await get(program, path, asBrowser);
    assert.equal(answer.status, 200, path);
    assert.equal(await answer.text(), page, path);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/html/);
    assert.equal(answer.headers.get("cache-control"), "no-cache");
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.ok(!policy.includes("unsafe") && policy.includes("default-src 'none'") && policy.includes("frame-ancestors 'none'"), policy);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.equal(answer.headers.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(answer.headers.get("strict-transport-security"), null, "it is not https");
  }
  assert.equal((await fetch(program.url, { method: "HEAD", headers: asBrowser })).status, 200);
});

test("an asset has its content in its name, is kept for ever, and is sent compressed to whoever takes that", async (t) => {
  const program = await startTestProgram(t, { hubDir: build(t, files) });
  const plain = await get(program, "/assets/main-1a2b.js", { "accept-encoding": "identity" });
  assert.equal(await plain.text(), script);
  assert.equal(plain.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.match(plain.headers.get("content-type") ?? "", /javascript/);
  const packed = await get(program, "/assets/main-1a2b.js", { "accept-encoding": "br" });
  assert.equal(packed.headers.get("content-encoding"), "br");
  assert.match(packed.headers.get("content-type") ?? "", /javascript/);
  assert.match(packed.headers.get("vary") ?? "", /accept-encoding/i);
  assert.equal(await packed.text(), script);
  const icon = await get(program, "/favicon.svg");
  assert.equal(icon.headers.get("cache-control"), "no-cache");
  const { etag } = await getRaw(program, "/favicon.svg");
  const again = await getRaw(program, "/favicon.svg", { "if-none-match": etag });
  assert.equal(again.status, 304);
});

test("what is not of the hub is refused as before, and nothing outside of the build is served", async (t) => {
  const program = await startTestProgram(t, { hubDir: build(t, files) });
  for (const path of ["/v1/unknown", "/v1", "/ip-ranges/nowhere/else", "/livez/deeper", "/openapi.json/x"]) {
    const answer = await get(program, path, asBrowser);
    assert.equal(answer.status, 404, path);
    assert.equal(answer.headers.get("content-type"), "application/problem+json", path);
    assert.equal(((await answer.json()) as { code: string }).code, "not_found");
  }
  // Missing assets, and what asks for no page, are no pages.
  for (const [path, headers] of [
    ["/assets/gone-9z.js", asBrowser],
    ["/apps", { accept: "application/json" }],
    ["/.stamp", {}],
  ] as const)
    assert.equal((await get(program, path, headers)).status, 404, path);
  const made = await fetch(`${program.url}/apps`, { method: "POST" });
  assert.equal(made.status, 404);
  const refused = await get(program, "/v1/sessions", asBrowser);
  assert.equal(refused.status, 405);
  assert.equal((await get(program, "/livez", asBrowser)).headers.get("content-type"), "application/json; charset=utf-8");
  for (const path of [
    "/../package.json",
    "/..%2f..%2fpackage.json",
    "/assets/..%2f..%2fx",
    "/%2e%2e/%2e%2e/etc/passwd",
    "//etc/passwd",
    "/assets%5c..%5cx",
    "/.stamp",
  ]) {
    const { status, text } = await getRaw(program, path);
    assert.ok((status === 200 && text === page) || status === 404, `${path}: ${status} ${text}`);
  }
});

test("while there is no build a page says so, and the API works", async (t) => {
  const program = await startTestProgram(t, { hubDir: join(build(t, {}), "not-there"), publicUrl: "https://hooks.example.com" });
  const answer = await get(program, "/", asBrowser);
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /not built yet/);
  assert.equal(answer.headers.get("strict-transport-security"), "max-age=31536000");
  assert.equal((await program.call("GET", "/v1/workspaces")).status, 200);
});
