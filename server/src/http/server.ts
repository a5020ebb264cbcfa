// Attaches one handler to each route of the contract. What every route has in common (keys, limits, problem documents) is
// here and nowhere else; an unlisted route cannot exist.
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import Fastify from "fastify";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { Type } from "typebox";
import { Settings } from "typebox/system";
import { problems } from "@bellhop/contract/problems";
import type { ProblemCode } from "@bellhop/contract/problems";
import { batchBytesMax, depthMax } from "@bellhop/contract/events";
import type { Route } from "@bellhop/contract/route";
import { mistakesFrom } from "../domain/mistakes.ts";
import type { SchemaError } from "../domain/mistakes.ts";
import { Problem } from "../domain/problem.ts";
import { readJson } from "../intake/json-scan.ts";
import { authorize } from "./authorize.ts";
import type { FindKey } from "./authorize.ts";
import { serveHub } from "./hub.ts";
import { answerMalformed } from "./malformed.ts";
import { Pipelining } from "./pipelining.ts";
import { WithHeaders, WithStatus } from "./handler.ts";
import type { Caller, Handler } from "./handler.ts";
import { problemDocument } from "./problem.ts";
import type { Sessions } from "./sessions.ts";
import { compileValidator, undecodable, unstorable } from "./validate.ts";

const requestTimeoutMs = 30_000;
/** How often it is looked for requests that take longer. */
const requestTimeoutCheckMs = 5_000;
const keepAliveTimeoutMs = 72_000;
/** A connection on which nothing moves, neither a request nor the reading of an answer, is closed; slower than any handler. */
const stalledTimeoutMs = 90_000;
const urlLengthMax = 8_192;
const mediaTypes = ["application/json", "application/x-ndjson"];
/** Mistakes listed in one answer. */
const mistakesMax = 100;
/** What is answered is for whoever asked, now, and never a page. */
const answerHeaders = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const noQuery = Type.Object({}, { additionalProperties: false });
const noCaller: Caller = { key: "public", scopes: [], workspace: null };

declare module "fastify" {
  interface FastifyContextConfig {
    rawBody?: boolean;
  }
  interface FastifyRequest {
    caller: Caller;
  }
}

export type ServerOptions = {
  readonly routes: Record<string, Route>;
  readonly handlers: Record<string, Handler<Route>>;
  readonly findKey: FindKey;
  /** Of the hub; without it only keys are known. */
  readonly sessions?: Sessions;
  /** The hub's pages; without it there are none. */
  readonly hubDir?: string | undefined;
  /** Control data was changed: whoever caches it must see the change before the caller does. */
  readonly changed?: () => Promise<void>;
  /** The database is away: the same request may work in a moment. */
  readonly isOutage?: (error: unknown) => boolean;
  readonly log: Logger;
};

const newRequestId = (): string => `req_${randomUUID()}`;

export function createServer(options: ServerOptions): FastifyInstance {
  const app = Fastify({
    genReqId: newRequestId,
    bodyLimit: batchBytesMax,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: stalledTimeoutMs,
    http: {
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutCheckMs,
      // Refused here, as a problem.
      requireHostHeader: false,
    },
    keepAliveTimeout: keepAliveTimeoutMs,
    routerOptions: { maxParamLength: urlLengthMax },
    forceCloseConnections: "idle",
    frameworkErrors: (error, request, reply) => void sendProblem(reply, request, urlProblem(error)),
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, newRequestId()),
    logger: false,
  }) as unknown as FastifyInstance;
  app.decorateRequest("caller", null as unknown as Caller);
  const pipelining = new Pipelining();
  app.addHook("onResponse", async ({ raw }) => pipelining.end(raw.socket));
  app.addHook("onRequest", async ({ raw }, reply) => {
    void reply.headers(answerHeaders);
    if (!pipelining.begin(raw.socket)) {
      reply.hijack();
      return;
    }
    if (raw.headers.host === undefined && raw.httpVersion === "1.1") throw new Problem("malformed_request", "The header Host is missing.");
    const mistakes = undecodable(raw.url ?? "").map((name) => ({ pointer: `/${name}`, message: notText }));
    if (mistakes.length > 0) throw new Problem("invalid_query", undefined, mistakes);
  });
  app.setValidatorCompiler(compileValidator as never);
  Settings.Set({ maxErrors: mistakesMax });
  app.removeAllContentTypeParsers();
  for (const type of mediaTypes) app.addContentTypeParser(type, { parseAs: "buffer" }, readBody);
  app.setErrorHandler((error, request, reply) => answerError(error as FastifyError, request, reply, options));
  app.setNotFoundHandler(
    (request, reply) =>
      void sendProblem(reply, request, new Problem("not_found", `There is no route ${request.method} ${request.url.split("?")[0]}.`)),
  );
  for (const [name, route] of Object.entries(options.routes)) attach(app, name, route, options);
  refuseOtherMethods(app, Object.values(options.routes));
  const { hubDir, sessions } = options;
  if (hubDir !== undefined && sessions)
    serveHub(app, { dir: hubDir, publicUrl: sessions.publicUrl, routes: Object.values(options.routes) });
  return app;
}

function attach(app: FastifyInstance, name: string, route: Route, options: ServerOptions): void {
  const handler = options.handlers[name] as Handler<Route>;
  const changes = route.method !== "GET" && (route.scope === "manage" || route.scope === "admin");
  const schema: Record<string, unknown> = {};
  if (route.params) schema["params"] = route.params;
  // Probes and scrapers may ask with a query of their own.
  const isOpen = route.scope === "public" || route.scope === "metrics";
  if (route.query || !isOpen) schema["querystring"] = route.query ?? noQuery;
  if (route.body && !route.rawBody) schema["body"] = route.body;
  app.route({
    method: route.method,
    url: fastifyPath(route.path),
    schema,
    config: { rawBody: route.rawBody ?? false },
    bodyLimit: route.bodyBytesMax ?? batchBytesMax,
    onRequest: async (request) => {
      request.caller = route.scope === "public" ? noCaller : await authorize(request, route.scope, options.findKey, options.sessions);
    },
    handler: async (request, reply) => {
      const answer = await handler({
        params: request.params,
        query: request.query,
        body: request.body,
        bytes: request.body as Buffer,
        contentType: request.headers["content-type"] ?? "",
        header: (header) => request.headers[header] as string | undefined,
        caller: request.caller,
        actor: { key: request.caller.key, route: name },
      });
      if (changes) await options.changed?.();
      // Nobody reads the stream that a HEAD would have had.
      if (request.method === "HEAD" && answer instanceof WithHeaders && answer.answer instanceof Readable) answer.answer.destroy();
      if (answer instanceof WithHeaders)
        return reply
          .code(route.answer.status)
          .headers(answer.headers)
          .send(answer.answer ?? undefined);
      if (answer instanceof WithStatus) {
        if (answer.retryAfterS !== undefined) reply.header("retry-after", answer.retryAfterS);
        return reply.code(answer.status).send(answer.answer);
      }
      return reply.code(route.answer.status).send(answer ?? undefined);
    },
  });
}

const fastifyPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

/** A known path with a method it does not take answers 405 and says which it does. */
function refuseOtherMethods(app: FastifyInstance, all: readonly Route[]): void {
  const known = new Map<string, Set<string>>();
  for (const { path, method } of all) known.set(path, (known.get(path) ?? new Set()).add(method));
  for (const [path, methods] of known) {
    if (methods.has("GET")) methods.add("HEAD");
    const refused = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].filter((method) => !methods.has(method));
    if (refused.length === 0) continue;
    const allow = [...methods].join(", ");
    app.route({
      method: refused,
      url: fastifyPath(path),
      onRequest: async (request, reply) => {
        await sendProblem(reply.header("allow", allow), request, new Problem("method_not_allowed", `${path} takes ${allow}.`));
      },
      handler: async () => undefined,
    });
  }
}

async function readBody(request: FastifyRequest, bytes: Buffer): Promise<unknown> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new Problem("unsupported_media_type", `Send the body as it is, without the encoding \`${encoding}\`.`);
  if (request.routeOptions.config.rawBody) return bytes;
  if (bytes.length === 0) return undefined;
  const read = readJson(bytes, { depthMax });
  if (!read.ok) throw new Problem("invalid_json", undefined, read.mistakes);
  return read.value;
}

function answerError(error: FastifyError | Problem, request: FastifyRequest, reply: FastifyReply, options: ServerOptions): FastifyReply {
  // Fastify closes a connection whose body was refused: whoever still sends would hear of that instead of the answer. Left open,
  // the rest is dropped as it comes, no longer than a request may take.
  reply.removeHeader("connection");
  if (error instanceof Problem) return sendProblem(reply, request, error);
  if (error.validation) return sendProblem(reply, request, validationProblem(error));
  const code = frameworkProblems[error.code] ?? (isRefused(error) ? "malformed_request" : undefined);
  if (code) return sendProblem(reply, request, new Problem(code, detailOf(code, request) ?? error.message));
  // Whoever sent it is gone and hears nothing.
  if (error.code === "ECONNRESET" && request.raw.destroyed) return sendProblem(reply, request, new Problem("malformed_request"));
  if (options.isOutage?.(error)) return sendProblem(reply, request, new Problem("unavailable", databaseAway, [], outageRetryAfterS));
  options.log.error({ err: error, request_id: request.id, url: request.routeOptions.url }, "a request failed");
  return sendProblem(reply, request, new Problem("internal", "The operator's log has the cause under this request's id."));
}

const frameworkProblems: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "payload_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid_json",
  FST_ERR_CTP_EMPTY_TYPE: "unsupported_media_type",
};

/** What Fastify itself has against a request; a method may be new to it. */
const isRefused = ({ code, statusCode = 500 }: FastifyError): boolean => code?.startsWith("FST_") && statusCode < 500;

const databaseAway = "The database does not answer. A change may have been made or not; look before you repeat it.";
const outageRetryAfterS = 1;

const notText = "is not the percent-encoding of UTF-8 text";

function urlProblem({ code, message }: FastifyError): Problem {
  if (code !== "FST_ERR_BAD_URL") return new Problem("not_found", message);
  return new Problem("invalid_query", "The path cannot be read.", [{ pointer: "", message: notText }]);
}

function detailOf(code: ProblemCode, request: FastifyRequest): string | null {
  if (code === "payload_too_large") return `The body may have at most ${request.routeOptions.bodyLimit} bytes.`;
  return code === "unsupported_media_type" ? `Send the body as ${mediaTypes.join(", or events line by line as ")}.` : null;
}

function validationProblem(error: FastifyError): Problem {
  const found = error.validation as readonly SchemaError[];
  const mistakes = mistakesFrom(found);
  const isUnstorable = found.some(({ keyword }) => keyword === unstorable);
  if (error.validationContext === "params" && !isUnstorable)
    return new Problem("not_found", "The path has an id that cannot be one.", mistakes);
  return new Problem(error.validationContext === "body" ? "invalid_request" : "invalid_query", undefined, mistakes);
}

function sendProblem(reply: FastifyReply, request: FastifyRequest, problem: Problem): FastifyReply {
  if (problem.retryAfterS !== undefined) reply.header("retry-after", problem.retryAfterS);
  if (problems[problem.code].status === 401) reply.header("www-authenticate", "Bearer");
  return (
    reply
      .code(problems[problem.code].status)
      .headers(answerHeaders)
      .type("application/problem+json")
      // As bytes: to text Fastify would add a charset, which this media type does not have.
      .send(Buffer.from(JSON.stringify(problemDocument(problem.code, request.id, problem.detail, problem.mistakes))))
  );
}
