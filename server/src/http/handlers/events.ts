// Publishing over HTTP: one event, or a batch in which each line stands for itself.
import { isUtf8 } from "node:buffer";
import { batchEventsMax, idempotencyKeyLengthMax } from "@bellhop/contract/events";
import type { eventRoutes } from "@bellhop/contract/events";
import { problems } from "@bellhop/contract/problems";
import { Problem } from "../../domain/problem.ts";
import { elementTexts, splitLines } from "../../intake/json-scan.ts";
import type { Publisher, Result } from "../../intake/publisher.ts";
import { readEvent } from "../../intake/read-event.ts";
import type { Publish } from "../../intake/read-event.ts";
import type { Caller, Handlers } from "../handler.ts";
import { WithStatus } from "../handler.ts";

export type EventDeps = {
  readonly publisher: Publisher;
  readonly itemBytesMax: number;
  /** The workspace a name stands for, or null: asked for keys that are bound to one workspace. */
  readonly workspaceRef: (name: string) => Promise<number | null>;
  readonly published: (sinceMs: number) => void;
  readonly monotonicMs: () => number;
};

export function eventHandlers(deps: EventDeps): Handlers<typeof eventRoutes> {
  return {
    publishEvent: async ({ bytes, caller, header }) => {
      const startedMs = deps.monotonicMs();
      const [result] = await publishAll(deps, caller, [read(deps, bytes ?? Buffer.alloc(0), readKey(header("idempotency-key")))]);
      if (result instanceof Problem) throw result;
      deps.published(deps.monotonicMs() - startedMs);
      return result as Exclude<Result, Problem>;
    },
    publishBatch: async ({ bytes, caller, contentType, header }) => {
      if (header("idempotency-key") !== undefined) {
        throw new Problem("invalid_request", "A batch takes an `idempotency_key` in each line, not the header.");
      }
      const lines = batchLines(bytes ?? Buffer.alloc(0), contentType);
      const results = await publishAll(
        deps,
        caller,
        lines.map((line) => read(deps, line, null)),
      );
      const refused = results.filter((result) => result instanceof Problem).length;
      const answer = { accepted: results.length - refused, refused, results: results.map(presentLine) };
      return refused === results.length ? allRefused(results, answer) : answer;
    },
  };
}

/** Node reads the bytes of a header as latin1; those of a key are UTF-8 as in the body, where they can be. */
function readKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const bytes = Buffer.from(header, "latin1");
  const key = isUtf8(bytes) ? bytes.toString() : header;
  if (key.length > 0 && key.length <= idempotencyKeyLengthMax) return key;
  const message = `The header Idempotency-Key must have 1 to ${idempotencyKeyLengthMax} characters.`;
  throw new Problem("invalid_request", message, [{ pointer: "/idempotency_key", message }]);
}

function read(deps: EventDeps, bytes: Buffer, key: string | null): Publish | Problem {
  try {
    return readEvent(bytes, deps.itemBytesMax, key);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** The lines of a batch as bytes, each to be read alone. */
function batchLines(bytes: Buffer, contentType: string): Buffer[] {
  const lines = contentType.toLowerCase().startsWith("application/x-ndjson") ? splitLines(bytes) : elements(bytes);
  if (lines.length === 0) throw new Problem("invalid_request", "The batch has no events.");
  if (lines.length > batchEventsMax)
    throw new Problem("payload_too_large", `The batch has ${lines.length} events; at most ${batchEventsMax} are taken.`);
  return lines;
}

function elements(bytes: Buffer): Buffer[] {
  const found = elementTexts(bytes);
  if (!found.ok) throw new Problem("invalid_json", undefined, found.mistakes);
  return found.elements;
}

/** Publishes what could be read; what could not keeps its place in the results. */
async function publishAll(deps: EventDeps, caller: Caller, read: readonly (Publish | Problem)[]): Promise<Result[]> {
  const checked = await Promise.all(read.map((each) => mayPublish(deps, caller, each)));
  const publishes = checked.filter((each) => !(each instanceof Problem)) as Publish[];
  const results = await deps.publisher.publish(publishes);
  let next = 0;
  return checked.map((each) => (each instanceof Problem ? each : (results[next++] as Result)));
}

async function mayPublish(deps: EventDeps, caller: Caller, publish: Publish | Problem): Promise<Publish | Problem> {
  if (publish instanceof Problem || caller.workspace === null) return publish;
  const ref = await deps.workspaceRef(publish.workspace);
  if (ref === caller.workspace) return publish;
  const message = "The key is bound to another workspace.";
  return new Problem("unknown_workspace", message, [{ pointer: "/workspace_id", message }]);
}

/** Nothing was accepted: trouble of ours is worth repeating, mistakes are not. */
function allRefused<T>(results: readonly Result[], answer: T): WithStatus<T> {
  const refusals = results.filter((result) => result instanceof Problem);
  const isOurs = refusals.every(({ code }) => problems[code].status >= 500);
  const retryAfterS = Math.max(...refusals.map((refusal) => refusal.retryAfterS ?? 1));
  return isOurs ? new WithStatus(503, answer, retryAfterS) : new WithStatus(422, answer);
}

function presentLine(result: Result, line: number) {
  if (!(result instanceof Problem)) return { line, ...result };
  const { code, detail, mistakes } = result;
  return { line, code, ...(detail === undefined ? {} : { detail }), ...(mistakes.length > 0 ? { errors: [...mistakes] } : {}) };
}
