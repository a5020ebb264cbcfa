// The network between a program and its database, to be made bad: each connection that passes is known by the name the program
// gave it (`application_name`) and can be slowed down, silenced in either direction while both sockets stay open, cut or reset.
// What was swallowed is lost, as behind a firewall that forgot the connection: such a connection never speaks again.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { TestContext } from "node:test";

/** What happens to bytes in one direction: they pass, pass later (at random within the jitter, in order), or vanish. */
export type Condition = "pass" | "swallow" | { readonly delayMs: number; readonly jitterMs: number };

/** `up`: towards the database. */
export type Conditions = { readonly up: Condition; readonly down: Condition };

const clear: Conditions = { up: "pass", down: "pass" };
const connectionNamePrefix = "bellhop ";
/** Length and protocol come before the names and values of a startup message. */
const startupHeaderBytes = 8;

/** Bytes from one socket to the other, in order. */
class Pipe {
  condition: Condition = "pass";
  hasSwallowed = false;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #chance: () => number;
  /** When what was received last is passed on. */
  #lastAtMs = 0;
  #waiting = 0;

  constructor(from: Socket, to: Socket, chance: () => number) {
    this.#from = from;
    this.#to = to;
    this.#chance = chance;
    from.on("data", (chunk: Buffer) => this.#pass(() => void (to.writable && to.write(chunk))));
    from.on("end", () => this.#pass(() => void to.end()));
    from.on("error", () => this.#pass(() => void to.resetAndDestroy()));
  }

  close(how: "cut" | "reset"): void {
    if (how === "reset") this.#from.resetAndDestroy();
    else this.#from.end();
  }

  #pass(act: () => void): void {
    const { condition } = this;
    if (condition === "swallow") {
      this.hasSwallowed = true;
      return;
    }
    const delayMs = condition === "pass" ? 0 : condition.delayMs + this.#chance() * condition.jitterMs;
    if (delayMs === 0 && this.#waiting === 0) return act();
    const nowMs = performance.now();
    this.#lastAtMs = Math.max(this.#lastAtMs, nowMs + delayMs);
    this.#waiting += 1;
    setTimeout(() => {
      this.#waiting -= 1;
      if (!this.#to.destroyed) act();
    }, this.#lastAtMs - nowMs);
  }
}

/** One connection. Its kind is known with its first bytes. */
class Link {
  kind: string | null = null;
  readonly client: Socket;
  readonly #database: Socket;
  readonly #up: Pipe;
  readonly #down: Pipe;

  constructor(client: Socket, database: Socket, chance: () => number, named: (link: Link) => void) {
    this.client = client;
    this.#database = database;
    client.once("data", (chunk: Buffer) => {
      this.kind = kindOf(chunk);
      named(this);
    });
    this.#up = new Pipe(client, database, chance);
    this.#down = new Pipe(database, client, chance);
  }

  get sockets(): readonly Socket[] {
    return [this.client, this.#database];
  }

  get isOpen(): boolean {
    return this.sockets.some(({ destroyed }) => !destroyed);
  }

  get hasSwallowed(): boolean {
    return this.#up.hasSwallowed || this.#down.hasSwallowed;
  }

  set({ up, down }: Conditions): void {
    this.#up.condition = up;
    this.#down.condition = down;
  }

  /** `cut`: both sides hear an orderly end. `reset`: both hear that the connection is no more. */
  close(how: "cut" | "reset"): void {
    this.#up.close(how);
    this.#down.close(how);
  }

  destroy(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

export class TcpProxy {
  /** How many connections of each kind were made so far. */
  readonly made = new Map<string, number>();
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #future = new Map<string, Conditions | "refuse">();

  constructor(target: { host: string; port: number }, chance: () => number) {
    // Half open: the end of one direction is passed on, or swallowed, like everything else.
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const link = new Link(client, connect({ ...target, allowHalfOpen: true }), chance, (named) => {
        this.made.set(named.kind ?? "", (this.made.get(named.kind ?? "") ?? 0) + 1);
        const conditions = this.#conditionsFor(named.kind);
        if (conditions === "refuse") named.close("reset");
        else named.set(conditions);
      });
      this.#links.add(link);
      for (const socket of link.sockets) socket.on("close", () => link.isOpen || this.#links.delete(link));
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections of this kind that the program holds; without a kind, all. */
  open(kind = ""): number {
    return this.#of(kind).filter(({ client }) => !client.destroyed).length;
  }

  /** From now on, for those of this kind that there are and that will be; without a kind, for all. */
  set(conditions: Conditions, kind = ""): void {
    this.#future.set(kind, conditions);
    for (const link of this.#of(kind)) link.set(conditions);
  }

  close(how: "cut" | "reset", kind = ""): void {
    for (const link of this.#of(kind)) link.close(how);
  }

  /** All connections of this kind are reset, and none can be made. */
  refuse(kind = ""): void {
    this.#future.set(kind, "refuse");
    this.close("reset", kind);
  }

  /** New connections pass again; those that there are stay as they are, and neither side is told. */
  openNew(): void {
    this.#future.clear();
  }

  /** Everything passes again. A connection of which something was lost cannot go on: both sides are told. */
  heal(): void {
    this.openNew();
    for (const link of this.#links) {
      link.set(clear);
      if (link.hasSwallowed) link.close("reset");
    }
  }

  async stop(): Promise<void> {
    for (const link of this.#links) link.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }

  #of(kind: string): Link[] {
    return [...this.#links].filter((link) => kind === "" || link.kind === kind);
  }

  #conditionsFor(kind: string | null): Conditions | "refuse" {
    return this.#future.get(kind ?? "") ?? this.#future.get("") ?? clear;
  }
}

/** Until the end of the test; gives the URL of the database by way of the proxy. */
export async function startTcpProxy(t: TestContext, databaseUrl: string, chance: () => number): Promise<{ proxy: TcpProxy; url: string }> {
  const url = new URL(databaseUrl);
  const proxy = new TcpProxy({ host: url.hostname, port: Number(url.port) }, chance);
  await proxy.listen();
  t.after(() => proxy.stop());
  url.host = `127.0.0.1:${proxy.port}`;
  return { proxy, url: url.href };
}

/** What the startup message calls the connection: names and values follow each other, each ended by a zero. */
function kindOf(startup: Buffer): string | null {
  const words = startup.toString("utf8", startupHeaderBytes).split("\0");
  const name = words[words.indexOf("application_name") + 1] ?? "";
  return name.startsWith(connectionNamePrefix) ? name.slice(connectionNamePrefix.length) : null;
}
