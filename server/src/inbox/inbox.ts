// A receiver to try Bellhop with: keeps what arrives, says whether it was signed rightly, and answers as it is told to.
// Local mode has one, and so do tests. It listens on loopback and asks nobody who they are, but by which name they came: no web
// page can read it.
//
//   POST any path          receives; answers by its behaviour
//   GET /?limit=n          what arrived, newest first
//   PUT /behaviour         {"answer": 200|410|429|503|"late"|"never", "retry_after"?: seconds, "path"?: "/…"}
//   DELETE /               forgets what arrived
//   HEAD any path          200
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inboxLateS } from "@bellhop/contract/inbox-answers";
import { parseBehaviour, willing } from "./behaviour.ts";
import type { Behaviour, Behaviours } from "./behaviour.ts";
import { Mailbox } from "./mailbox.ts";
import type { Received } from "./mailbox.ts";
import { judge } from "./verify.ts";
import type { Verdicts } from "./verify.ts";

const bodyBytesMax = 2 * 1024 * 1024;
const lateMsDefault = inboxLateS * 1_000;
const keepMaxDefault = 1_000;
const listLimitDefault = 100;
/** Paths with a behaviour of their own. */
const pathsMax = 1_000;

export type InboxOptions = {
  /**
   * The secrets that are right at the moment: client secrets as they are, or `whsec_…`. Asked on each request; with `again`
   * when those it gave before made a signature wrong, since they may have changed.
   */
  secrets: (again: boolean) => readonly string[] | Promise<readonly string[]>;
  behaviours?: Behaviours;
  /** Called when it is told to answer otherwise. */
  behaved?: () => void;
  /** 0, the default: any free port. */
  port?: number;
  /** Called for each request that was received, before it is answered. */
  log?: (received: Received) => void;
  keepMax?: number;
  lateMs?: number;
  now?: () => Date;
};

/** Resolves once it listens; rejects when the port is taken. */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const inbox = new Inbox(options);
  await inbox.listen(options.port ?? 0);
  return inbox;
}

export class Inbox {
  readonly #options: InboxOptions;
  readonly #mailbox: Mailbox;
  readonly #server: Server;
  readonly #late = new Set<NodeJS.Timeout>();
  readonly #behaviours: Map<string, Behaviour>;
  #behaviour: Behaviour;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#behaviours = new Map(options.behaviours?.paths);
    this.#behaviour = options.behaviours?.others ?? willing;
    this.#mailbox = new Mailbox(options.keepMax ?? keepMaxDefault);
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Oldest first; the oldest go when there are too many. */
  get received(): readonly Received[] {
    return this.#mailbox.received;
  }

  /** How many ever arrived since it was emptied, also those no longer kept. */
  get total(): number {
    return this.#mailbox.total;
  }

  get behaviours(): Behaviours {
    return { others: this.#behaviour, paths: this.#behaviours };
  }

  /** Answers like this from now on, at one path (without its query) or, with null, at all paths. */
  behave(path: string | null, answer: Behaviour["answer"], retryAfterSeconds: number | null = null): void {
    const behaviour = { answer, retryAfterSeconds };
    if (path === null) {
      this.#behaviours.clear();
      this.#behaviour = behaviour;
    } else {
      this.#behaviours.set(path, behaviour);
      const [oldest] = this.#behaviours.keys();
      if (this.#behaviours.size > pathsMax) this.#behaviours.delete(oldest as string);
    }
    this.#options.behaved?.();
  }

  /** Forgets what arrived, and the paths that were told by name to answer as all others do. */
  empty(): void {
    this.#mailbox.empty();
    for (const [path, { answer }] of this.#behaviours) if (answer === this.#behaviour.answer) this.#behaviours.delete(path);
    this.#options.behaved?.();
  }

  /** The first request, among those kept or still to come, for which the predicate holds. Never gives up by itself. */
  waitFor(isAwaited: (each: Received, all: readonly Received[]) => boolean): Promise<Received> {
    return this.#mailbox.waitFor(isAwaited);
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Ends what is unanswered too. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    for (const timer of this.#late) clearTimeout(timer);
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [pathname = "/", query] = (request.url ?? "/").split("?", 2);
    const route = `${request.method} ${pathname}`;
    if (request.method === "HEAD") return void response.writeHead(200).end();
    if (request.method !== "POST" && !isLoopbackName(request.headers.host))
      return sendJson(response, 421, { message: "not asked for by this name" });
    if (route === "GET /") return sendJson(response, 200, this.#list(new URLSearchParams(query)));
    if (route === "DELETE /") {
      this.empty();
      return void response.writeHead(204).end();
    }
    if (request.method !== "POST" && route !== "PUT /behaviour") return sendJson(response, 405, { message: "not taken here" });
    const body = await readBody(request);
    if (body === "cut") return;
    if (body === "too_large") return sendJson(response, 413, { message: `at most ${bodyBytesMax} bytes` });
    if (request.method === "PUT") return this.#change(body, response);
    await this.#receive(request, pathname, body, response);
  }

  #list(query: URLSearchParams): { total: number; received: Received[] } {
    const limit = Number.parseInt(query.get("limit") ?? "", 10);
    const newest = this.#mailbox.received.slice(-(limit > 0 ? limit : listLimitDefault)).toReversed();
    return { total: this.#mailbox.total, received: newest.map((each) => ({ ...each, headers: shownHeaders(each.headers) })) };
  }

  #change(body: Buffer, response: ServerResponse): void {
    const parsed = parseBehaviour(body.toString());
    if (!parsed.ok) return sendJson(response, 422, { message: parsed.message });
    const { path, behaviour } = parsed.change;
    this.behave(path, behaviour.answer, behaviour.retryAfterSeconds);
    response.writeHead(204).end();
  }

  async #receive(request: IncomingMessage, pathname: string, body: Buffer, response: ServerResponse): Promise<void> {
    const at = (this.#options.now?.() ?? new Date()).toISOString();
    const verdicts = await this.#judge(request, body);
    const behaviour = this.#behaviours.get(pathname) ?? this.#behaviour;
    const received = this.#mailbox.add({
      at,
      path: request.url ?? "/",
      headers: flatHeaders(request),
      body: body.toString(),
      ...verdicts,
      answer: behaviour.answer,
    });
    this.#options.log?.(received);
    this.#answer(behaviour, pathname, response);
  }

  async #judge({ headers }: IncomingMessage, body: Buffer): Promise<Verdicts> {
    const known = judge(headers, body, await this.#options.secrets(false));
    const isDoubtful = known.hub === "wrong" || known.standard === "wrong";
    return isDoubtful ? judge(headers, body, await this.#options.secrets(true)) : known;
  }

  #answer({ answer, retryAfterSeconds }: Behaviour, pathname: string, response: ServerResponse): void {
    if (answer === "never") return;
    if (answer === "late") return this.#answerLate(response);
    if (answer === 200) return sendJson(response, 200, { answer });
    if (retryAfterSeconds !== null) response.setHeader("Retry-After", retryAfterSeconds);
    // Whoever looks for the cause of a failure reads this.
    const message = `The test inbox was told to answer ${answer} at ${pathname}. Tell it to answer 200 on the hub's page Test inbox.`;
    sendJson(response, answer, { answer, message });
  }

  #answerLate(response: ServerResponse): void {
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      sendJson(response, 200, { answer: "late" });
    }, this.#options.lateMs ?? lateMsDefault);
    this.#late.add(timer);
  }
}

/** The whole body; `cut` when the sender gave up. Too large a one is read to its end, so that its sender reads the refusal. */
async function readBody(request: IncomingMessage): Promise<Buffer | "too_large" | "cut"> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= bodyBytesMax) chunks.push(chunk);
    }
  } catch {
    return "cut";
  }
  return bytes > bodyBytesMax ? "too_large" : Buffer.concat(chunks);
}

/** Of the connection, and of Bellhop itself. */
const openNames =
  /^(accept|connection|content-.+|host|traceparent|transfer-encoding|user-agent|webhook-.+|x-bellhop-.+|x-(body|hub)-signature)$/;

/** What a subscription sets may be a secret: its value stays here, and whoever looks sees that it came. */
export function shownHeaders(headers: Received["headers"]): Received["headers"] {
  const shown = (name: string, value: string): string => (openNames.test(name) ? value : `(${value.length} characters)`);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, shown(name, value)]));
}

/** A web page that gave its own name our address has a name that is none of ours. */
const isLoopbackName = (host = ""): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host);

function flatHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(", ")]));
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}
