// The whole program as a process of its own, as an operator runs it, for tests that kill it. It listens on a free port and
// keeps its data in a folder of its own; its log is kept to be shown when a test fails.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";

export const adminKey = "test-admin-key-0123456789";
const main = new URL("../server/src/main.ts", import.meta.url).pathname;

export type Answer<T = unknown> = { status: number; body: T; headers: Headers };

export class Program {
  readonly dataDir: string;
  readonly port: number;
  readonly environment: Record<string, string>;
  #child: ChildProcess | null = null;
  #output = "";

  constructor(port: number, environment: Record<string, string> = {}) {
    this.dataDir = mkdtempSync(join(tmpdir(), "bellhop-program-"));
    this.port = port;
    this.environment = environment;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid as number;
  }

  get output(): string {
    return this.#output;
  }

  /** Starts it and waits until it is ready. */
  async start(...options: string[]): Promise<void> {
    const child = spawn(process.execPath, [main, "--no-sample", ...options], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        PORT: String(this.port),
        BELLHOP_DATA_DIR: this.dataDir,
        BELLHOP_ADMIN_KEY: adminKey,
        ...this.environment,
      },
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-200_000)));
    const ended = this.ended();
    const ready = eventually(async () => ((await fetch(`${this.url}/readyz`)).status === 200 ? true : null), 60_000);
    const first = await Promise.race([ready, ended.then((how) => `the program ended (${how}):\n${this.#output}`)]);
    if (first !== true) throw new Error(first);
  }

  /** How it ended: its exit code, or the signal. */
  ended(): Promise<string> {
    const child = this.#child as ChildProcess;
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(String(child.exitCode ?? child.signalCode));
    return new Promise((resolve) => child.once("exit", (code, signal) => resolve(String(code ?? signal))));
  }

  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<string> {
    this.#child?.kill(signal);
    return this.ended();
  }

  /** Ends it whatever its state, and removes its data. */
  async remove(): Promise<void> {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
      await Promise.race([this.kill("SIGTERM"), new Promise((resolve) => setTimeout(resolve, 20_000).unref())]);
      if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill("SIGKILL");
    }
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

  /** A paid workspace with an app that is subscribed to `topics` at `urls`; gives the ids. */
  async makeApp(
    workspace: string,
    topics: readonly string[],
    urls: readonly string[],
    settings: object = {},
  ): Promise<{ app: string; secret: string; subscriptions: string[] }> {
    await this.must("PUT", `/v1/workspaces/ext:${workspace}`, { name: workspace, kind: "paid", region: "us" });
    const permissions = ["read_tickets", "read_conversations", "read_users_companies"];
    const app = await this.must<{ id: string; client_secret: string }>("POST", "/v1/apps", {
      name: "Test App",
      workspace_id: `ext:${workspace}`,
      permissions,
    });
    const subscriptions: string[] = [];
    for (const url of urls) {
      const made = await this.must<{ id: string }>("POST", `/v1/apps/${app.id}/subscriptions?verify=false`, { url, topics, ...settings });
      subscriptions.push(made.id);
    }
    return { app: app.id, secret: app.client_secret, subscriptions };
  }
}
