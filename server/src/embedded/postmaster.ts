/** One run of the PostgreSQL server: from its start until it is ready, and until it ends. */
import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { run, type RunAs, type SystemTools } from "./run-as.ts";

export type Log = (level: "debug" | "info" | "warn", message: string) => void;
export type Ended = { code: number | null; signal: string | null };
export type Ready = { child: ChildProcess; port: number; pid: number; exited: Promise<Ended> };
/** The last lines of the server's log say why it did not get ready. */
export type NotReady = { lines: string[] };
export type Server = { as: RunAs; cluster: string; settings: Record<string, string>; tools: SystemTools; log: Log };

const lastLinesMax = 20;

export async function startPostmaster(server: Server): Promise<Ready | NotReady> {
  const port = await freePort();
  const settings = Object.entries({ ...server.settings, port: String(port) });
  const args = ["-D", server.cluster, ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const child = run(server.as, join(server.as.programs, "bin/postgres"), args);
  const exited = new Promise<Ended>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  if (child.pid !== undefined && !server.as.diesWithParent) watch(child.pid, exited, server);
  const lines = await untilReady(child, server.log);
  return lines === null && child.pid !== undefined ? { child, port, pid: child.pid, exited } : { lines: lines ?? [] };
}

/** Resolves with null once the server is ready, or with its last words. There is no deadline: recovery takes what it takes. */
function untilReady(child: ChildProcess, log: Log): Promise<string[] | null> {
  const lines: string[] = [];
  return new Promise((resolve) => {
    const output = createInterface({ input: child.stderr as NodeJS.ReadableStream });
    output.on("line", (line) => {
      log(line.startsWith("PANIC") ? "warn" : "debug", `postgres: ${line}`);
      if (line.includes("automatic recovery in progress")) log("info", "PostgreSQL is recovering after an unclean stop");
      if (line.includes("database system is ready to accept connections")) resolve(null);
      if (lines.push(line) > lastLinesMax) lines.shift();
    });
    child.once("error", (error) => resolve([error.message]));
    child.once("close", () => resolve(lines));
  });
}

/**
 * For systems whose kernel does not tell a child that its parent died: a shell that waits at a pipe of ours. A line means
 * that the server has ended; the end of the pipe without one, that we have.
 */
function watch(pid: number, exited: Promise<Ended>, { tools, log }: Server): void {
  const script = 'read -r ended || kill -INT "$1"';
  const watcher = spawn(tools.watcher, ["-c", script, "watcher", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.on("error", (error) => log("warn", `if Bellhop is killed, its PostgreSQL stays until the next start: ${error.message}`));
  watcher.stdin.on("error", (error) => log("debug", `watcher: ${error.message}`));
  void exited.then(() => watcher.stdin.end("ended\n"));
}

/** Somebody else may take the port before the server does; then it does not get ready, and is started again with another. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
