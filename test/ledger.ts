// A receiver that knows nothing of Bellhop's insides: it writes down each request's id, attempt and whether its signature
// was right, and answers 200 unless told otherwise.
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Entry = { id: string | null; topic: string; object: string; attempts: number; path: string; signed: boolean };

export class Ledger {
  readonly entries: Entry[] = [];
  /** Id -> how often it arrived. */
  readonly arrivals = new Map<string, number>();
  /** Called before the answer; may answer by itself and return true. */
  answer: (entry: Entry, response: ServerResponse) => boolean = () => false;
  secret: string | null = null;
  readonly #server: Server;

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

  /** Requests beyond the first for the same id. */
  get duplicates(): number {
    let duplicates = 0;
    for (const count of this.arrivals.values()) duplicates += count - 1;
    return duplicates;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "HEAD") return void response.end();
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const bytes = Buffer.concat(chunks);
    const body = JSON.parse(bytes.toString()) as {
      id: string | null;
      topic: string;
      delivery_attempts: number;
      data: { item: { id?: unknown } };
    };
    const signed = this.#verify(String(request.headers["x-hub-signature"]), bytes);
    const object = String(body.data.item.id);
    const entry = { id: body.id, topic: body.topic, object, attempts: body.delivery_attempts, path: request.url ?? "/", signed };
    this.entries.push(entry);
    if (body.id !== null) this.arrivals.set(body.id, (this.arrivals.get(body.id) ?? 0) + 1);
    if (!this.answer(entry, response)) response.end("ok");
  }

  #verify(header: string, body: Buffer): boolean {
    if (this.secret === null) return false;
    const expected = Buffer.from(`sha1=${createHmac("sha1", this.secret).update(body).digest("hex")}`);
    const given = Buffer.from(header);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
