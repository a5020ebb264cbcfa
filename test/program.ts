// The whole program as a process of its own, as an operator runs it, for tests that kill it. It listens on a port of its
// own and keeps its data in a folder of its own; what it says is kept and shown when a test fails.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { commandLineOf } from "../server/src/embedded/process-table.ts";
import { testPort } from "./port.ts";
import { eventually } from "./eventually.ts";

export const adminKey = "test-admin-key-0123456789";
export const mainFile = new URL("../server/src/main.ts", import.meta.url).pathname;

const outputCharactersMax = 200_000;
const readyWithinMs = 60_000;

export type Answer<T = unknown> = { status: number; body: T; headers: Headers };
export type Ended = { how: string; output: string };
export type WantedSubscription = { readonly url: string; readonly topics: readonly string[]; readonly [setting: string]: unknown };
/** An app in a workspace; one subscription per path, in their order. */
export type MadeApp = { app: string; secret: string; subscriptions: string[] };

export class Program {
  readonly dataDir: string;
  readonly port: number;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | null = null;
  #output = "";

  /** `parent`: where the folder for its data is made. */
  constructor(port: number, environment: Record<string, string> = {}, parent = tmpdir()) {
    this.dataDir = mkdtempSync(join(parent, "bellhop-program-"));
    this.port = port;
    this.#environment = environment;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it and waits until it is ready; without a sample unless other options are given. */
  async start(options: readonly string[] = ["--no-sample"]): Promise<void> {
    this.#output = "";
    const child = this.#spawn(mainFile, options, {});
    this.#child = child;
    listen(child, (text) => (this.#output = (this.#output + text).slice(-outputCharactersMax)));
    const ended = this.ended();
    const isReady = async (): Promise<boolean> => (await fetch(`${this.url}/readyz`)).status === 200;
    const ready = eventually(async () => (!this.isRunning ? false : (await isReady()) || null), readyWithinMs);
    if (!(await ready)) throw new Error(`the program ended (${await ended}):\n${this.#output}`);
  }

  /** Runs another program on the same folder until it ends by itself. */
  async run(file: string, options: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
    const child = this.#spawn(file, options, environment);
    let output = "";
    listen(child, (text) => (output += text));
    const how = await endOf(child);
    return { how, output };
  }

  /** How it ended: its exit code, or the signal. */
  ended(): Promise<string> {
    return endOf(this.#child as ChildProcess);
  }

  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<string> {
    this.#child?.kill(signal);
    return this.ended();
  }

  /** The process of its private PostgreSQL; null when that has ended as it should. */
  get postmaster(): number | null {
    try {
      return Number.parseInt(readFileSync(join(this.dataDir, "postgres/postmaster.pid"), "utf8"), 10);
    } catch {
      return null;
    }
  }

  /** Ends it whatever its state, waits for its PostgreSQL to follow, and removes its data. */
  async remove(): Promise<void> {
    const { postmaster } = this;
    if (this.isRunning) await this.kill("SIGKILL");
    // It follows by itself; where a test found that it does not, it is ended here.
    if (postmaster !== null && commandLineOf(postmaster).includes(`-D ${this.dataDir}/`)) end(postmaster);
    if (postmaster !== null) await eventually(() => (commandLineOf(postmaster).includes(this.dataDir) ? null : true));
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const headers: Record<string, string> = { authorization: `Bearer ${adminKey}` };
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    const answer = await fetch(this.url + path, init);
    const text = await answer.text();
    return { status: answer.status, body: (text === "" ? null : JSON.parse(text)) as T, headers: answer.headers };
  }

  /** Calls, and fails unless the answer is a 2xx. */
  async must<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, body: answer } = await this.call<T>(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** An app, installed in the workspace `ext:<workspace>`, with one subscription for each of `wanted`. */
  async makeApp(workspace: string, wanted: readonly WantedSubscription[]): Promise<MadeApp> {
    await this.must("PUT", `/v1/workspaces/ext:${workspace}`, { name: workspace, kind: "paid", region: "us" });
    const permissions = ["read_tickets", "read_conversations", "read_users_companies"];
    const app = await this.must<{ id: string; client_secret: string }>("POST", "/v1/apps", {
      name: "Test App",
      workspace_id: `ext:${workspace}`,
      permissions,
    });
    const subscriptions: string[] = [];
    for (const each of wanted) {
      const made = await this.must<{ id: string }>("POST", `/v1/apps/${app.id}/subscriptions?verify=false`, each);
      subscriptions.push(made.id);
    }
    return { app: app.id, secret: app.client_secret, subscriptions };
  }

  /** How many notifications the log shows for a question; counts no further than `most`. */
  async countNotifications(asked: Record<string, string>, most = Infinity): Promise<number> {
    let count = 0;
    for (let cursor: string | null = ""; cursor !== null && count < most;) {
      const query = new URLSearchParams({ ...asked, limit: "100", ...(cursor === "" ? {} : { cursor }) });
      const page: { data: unknown[]; next_cursor: string | null } = await this.must("GET", `/v1/notifications?${query.toString()}`);
      count += page.data.length;
      cursor = page.next_cursor;
    }
    return count;
  }

  /** The channel tells it when we are gone: it stops then, so that no test that is killed leaves it behind. */
  #spawn(file: string, options: readonly string[], environment: Record<string, string>): ChildProcess {
    // A test that wants the hub builds it once, beforehand.
    const all = file === mainFile ? [...options, "--no-hub-build"] : options;
    return spawn(process.execPath, [file, ...all], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        PATH: process.env["PATH"],
        PORT: String(this.port),
        BELLHOP_DATA_DIR: this.dataDir,
        BELLHOP_ADMIN_KEY: adminKey,
        LOG_LEVEL: "warn",
        ...this.#environment,
        ...environment,
      },
    });
  }
}

/** A program that is removed at the end of the test; when the test fails, what the program said last is shown. */
export async function makeProgram(t: TestContext, environment: Record<string, string> = {}, parent = tmpdir()): Promise<Program> {
  const program = new Program(await testPort(), environment, parent);
  t.after(async () => {
    if (!t.passed) t.diagnostic(program.output.slice(-4_000));
    await program.remove();
  });
  return program;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGQUIT");
  } catch {
    // It was about to end anyway.
  }
}

function listen(child: ChildProcess, heard: (text: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => heard(chunk.toString()));
}

function endOf(child: ChildProcess): Promise<string> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(String(child.exitCode ?? child.signalCode));
  return new Promise((resolve) => child.once("close", (code, signal) => resolve(String(code ?? signal))));
}
