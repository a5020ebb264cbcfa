// A receiver that knows nothing of Bellhop's insides: it writes down each request, whether its signature was right and what
// it was answered. What a test believes about deliveries is read from here, never from Bellhop.
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export type Entry = {
  readonly id: string;
  readonly topic: string;
  /** `item.id`: the test's own name of the event. */
  readonly object: string;
  readonly attempts: number;
  readonly path: string;
  readonly signed: boolean;
  /** What the test called the time when it arrived. */
  readonly phase: number;
  /** The status it was answered with, null while it is open or when the sender left first. */
  answered: number | null;
  /** The sender closed the connection before there was an answer. */
  left: boolean;
};

export type Answer = { readonly status: number; readonly afterMs?: number; readonly retryAfterS?: number } | "never";

export class Ledger {
  readonly entries: Entry[] = [];
  /** The `client_secret` of the app that sends here. */
  secret = "";
  /** Decides each answer; without a word from the test, 200 at once. */
  answer: (entry: Entry) => Answer = () => ({ status: 200 });
  phase = 0;
  readonly #server: Server;
  readonly #open = new Map<Entry, ServerResponse>();

  constructor() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests that wait for their answer. */
  get open(): Entry[] {
    return [...this.#open.keys()];
  }

  get successes(): Entry[] {
    return this.entries.filter(isSuccess);
  }

  /** Those answered with a 2xx whose notification was requested again. */
  get repeated(): Entry[] {
    const later = new Set<string>();
    return this.entries.toReversed().filter((entry) => {
      const again = isSuccess(entry) && later.has(entry.id);
      later.add(entry.id);
      return again;
    });
  }

  /** Answers now what was never to be answered. */
  release(status: number): void {
    for (const [entry, response] of this.#open) this.#end(entry, response, { status });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const entry = await this.#read(request);
    if (!entry) return;
    this.entries.push(entry);
    this.#open.set(entry, response);
    response.once("close", () => {
      if (this.#open.delete(entry)) entry.left = true;
    });
    const answer = this.answer(entry);
    if (answer === "never") return;
    if (answer.afterMs === undefined) this.#end(entry, response, answer);
    else setTimeout(() => this.#end(entry, response, answer), answer.afterMs);
  }

  async #read(request: IncomingMessage): Promise<Entry | null> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return null; // the sender died in the middle of it: nothing was received
    }
    const bytes = Buffer.concat(chunks);
    const body = JSON.parse(bytes.toString()) as { id: string; topic: string; delivery_attempts: number; data: { item: { id: string } } };
    const signed = this.#isSigned(String(request.headers["x-hub-signature"]), bytes);
    const { id, topic, delivery_attempts: attempts } = body;
    const { object, path, phase } = { object: body.data.item.id, path: request.url ?? "/", phase: this.phase };
    return { id, topic, object, attempts, path, signed, phase, answered: null, left: false };
  }

  #end(entry: Entry, response: ServerResponse, { status, retryAfterS }: { status: number; retryAfterS?: number }): void {
    if (!this.#open.delete(entry)) return;
    entry.answered = status;
    response.writeHead(status, retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) }).end();
  }

  #isSigned(header: string, body: Buffer): boolean {
    const expected = Buffer.from(`sha1=${createHmac("sha1", this.secret).update(body).digest("hex")}`);
    const given = Buffer.from(header);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

/** A ledger that listens until the end of the test. */
export async function makeLedger(t: TestContext): Promise<Ledger> {
  const ledger = new Ledger();
  await ledger.listen();
  t.after(() => ledger.close());
  return ledger;
}

/** A few milliseconds; every tenth notification fails at first. More failures in a row than ten would be backed off from. */
export function slowAndSometimesFailing({ id, attempts }: Entry): Answer {
  const chance = Number.parseInt(id.slice(-10, -4), 16);
  return { status: attempts === 1 && chance % 10 === 0 ? 500 : 200, afterMs: 2 + (chance % 7) };
}

const isSuccess = ({ answered }: Entry): boolean => answered !== null && answered >= 200 && answered < 300;
