// The whole program in this process, on a database of its own, driven over HTTP like any other: for tests that look at it
// from outside and do not kill it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import pino from "pino";
import type { Logger } from "pino";
import { createApp } from "../server/src/app.ts";
import type { App } from "../server/src/app.ts";
import { readConfig } from "../server/src/config.ts";
import type { Config } from "../server/src/config.ts";
import type { Lookup } from "../server/src/deliver/resolver.ts";
import { startInbox } from "../server/src/inbox/inbox.ts";
import type { Inbox } from "../server/src/inbox/inbox.ts";
import type { Disk } from "../server/src/intake/disk.ts";
import { testPort } from "./port.ts";
import { createTestDatabase } from "./database.ts";
import { eventually } from "./eventually.ts";
import { virtualTime } from "./virtual-time.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The only host there is: no test asks a name server. */
const onlyLocalhost = async (host: string): Promise<Lookup> =>
  host === "localhost" ? { addresses: ["127.0.0.1", "::1"], ttlMs: Infinity } : { failure: "not_found", ttlMs: 0 };

/** What seals secrets in the tests' databases. */
export const encryptionKey = Buffer.alloc(32, 7);

export const adminKey = "test-admin-key-0123456789";

export type Answer<T = Record<string, unknown>> = { status: number; body: T; text: string; headers: Headers };

/** What an app in a workspace is made of; permissions cover the catalogue's main families. */
/** `named`: the workspace; else it is called w1 and so on. */
export type Wanted = { topics: readonly string[]; settings?: object; app?: object; kind?: string; url?: string; named?: string };

export type Installed = { workspace: string; app: string; secret: string; subscription: string; inbox: Inbox };

export class TestProgram {
  readonly url: string;
  readonly databaseUrl: string;
  readonly #t: TestContext;
  readonly #start: () => Promise<App>;
  readonly #time: VirtualTime | null;
  #app: App | null = null;
  #made = 0;

  constructor(t: TestContext, at: { url: string; databaseUrl: string }, time: VirtualTime | null, start: () => Promise<App>) {
    this.#t = t;
    this.#start = start;
    this.#time = time;
    this.url = at.url;
    this.databaseUrl = at.databaseUrl;
  }

  /** Starts it, or starts it again on the same database. */
  async start(): Promise<void> {
    this.#app = await this.#start();
  }

  /** Stops the program; its database stays until the end of the test. */
  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    await app?.stop();
  }

  /** With `virtual`: lets time pass. What comes due is begun within about a second of real time. */
  async advance(ms: number): Promise<void> {
    if (!this.#time) throw new Error("The program was not started with virtual time.");
    await this.#time.advance(ms);
  }

  /** The time as the program sees it. */
  get nowMs(): number {
    return this.#time?.wallMs() ?? Date.now();
  }

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const sent: Record<string, string> = {
      authorization: `Bearer ${adminKey}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    };
    const init: RequestInit = { method, headers: sent };
    if (body !== undefined) init.body = raw ? (body as string) : JSON.stringify(body);
    const answer = await fetch(this.url + path, init);
    const text = await answer.text();
    const json = answer.headers.get("content-type")?.includes("json") ?? false;
    return { status: answer.status, body: (json && text !== "" ? JSON.parse(text) : null) as T, text, headers: answer.headers };
  }

  /** Calls, and fails unless the answer is a 2xx. */
  async must<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const { status, body: answer, text } = await this.call<T>(method, path, body, headers);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return answer;
  }

  /** A workspace with an app of its own that is subscribed, at an inbox of its own or at `url`. */
  async makeInstalled({ topics, settings = {}, app = {}, kind = "paid", url, named }: Wanted): Promise<Installed> {
    const workspace = named ?? `w${++this.#made}`;
    await this.must("POST", "/v1/workspaces", { id: workspace, name: "A Workspace", kind, region: "us" });
    const permissions = ["read_tickets", "read_conversations", "read_users_companies", "read_articles", "read_admins"];
    const made = await this.must<{ id: string; client_secret: string }>("POST", "/v1/apps", {
      name: "An App",
      workspace_id: workspace,
      permissions,
      ...app,
    });
    const inbox = await startInbox({ secrets: () => [made.client_secret], keepMax: 20_000 });
    this.#t.after(() => inbox.close());
    const wanted = { url: url ?? `${inbox.url}/hooks`, topics, ...settings };
    const subscription = await this.must<{ id: string }>("POST", `/v1/apps/${made.id}/subscriptions?verify=false`, wanted);
    return { workspace, app: made.id, secret: made.client_secret, subscription: subscription.id, inbox };
  }

  async publish(
    event: object,
    headers?: Record<string, string>,
  ): Promise<{ id: string; notifications: number; skipped: Record<string, number>; hint?: string }> {
    return this.must("POST", "/v1/events", event, headers);
  }

  async publishLines(lines: readonly string[]): Promise<void> {
    await this.must("POST", "/v1/events/batch", lines.join("\n"), { "content-type": "application/x-ndjson" });
  }

  /** The only notification of an event. */
  async notificationOf(event: string): Promise<string> {
    const { notifications } = await this.must<{ notifications: { id: string }[] }>("GET", `/v1/events/${event}`);
    return (notifications[0] as { id: string }).id;
  }

  /** The notification, once it has this status. */
  async settled(id: string, status: string): Promise<Record<string, unknown>> {
    return eventually(async () => {
      const notification = await this.must("GET", `/v1/notifications/${id}`);
      return notification["status"] === status ? notification : null;
    });
  }

  async metric(name: string): Promise<number> {
    const { text } = await this.call("GET", "/metrics");
    return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  }

  /** Nothing waits to be sent or recorded. */
  async quiet(): Promise<void> {
    await eventually(async () => {
      const names = ["bellhop_notifications_waiting", "bellhop_attempts_in_flight", "bellhop_outcomes_unrecorded"];
      const values = await Promise.all(names.map((name) => this.metric(name)));
      return values.every((value) => value === 0) ? true : null;
    });
  }
}

/** `virtual`: time can be set ahead with `advance`. `hubDir`: where the hub's build is; else there are no pages. `log`: hears what the operator would be told. `lookup`: knows more hosts. */
export type Given = Partial<Config> & {
  disk?: () => Promise<Disk>;
  virtual?: boolean;
  hubDir?: string;
  log?: Logger;
  lookup?: (host: string) => Promise<Lookup>;
};

export async function startTestProgram(t: TestContext, given: Given = {}): Promise<TestProgram> {
  const { disk, virtual = false, hubDir, log, lookup = onlyLocalhost, ...changes } = given;
  const read = readConfig({}, tmpdir());
  if (!read.ok) throw new Error(read.mistakes.join(" "));
  const { config } = read;
  const dataDir = mkdtempSync(join(tmpdir(), "bellhop-in-process-"));
  const database = await createTestDatabase();
  const port = await testPort();
  const time = virtual ? await virtualTime(database.url) : null;
  const url = `http://127.0.0.1:${port}`;
  const start = async (): Promise<App> => {
    const app = await createApp({
      config: { ...config, dataDir, adminKey, ...changes },
      databaseUrl: database.url,
      encryptionKey,
      keyFile: join(dataDir, "admin.key"),
      disk: disk ?? null,
      publicUrl: changes.publicUrl ?? url,
      ...(hubDir === undefined ? {} : { hubDir }),
      wallMs: time?.wallMs ?? Date.now,
      lookup,
      ownPorts: [port],
      log: log ?? pino({ level: process.env["BELLHOP_TEST_LOG"] ?? "silent" }),
      attempted: () => undefined,
    });
    await app.server.listen({ port, host: "127.0.0.1" });
    return app;
  };
  const program = new TestProgram(t, { url, databaseUrl: database.url }, time, start);
  await program.start();
  t.after(async () => {
    await program.stop();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return program;
}
