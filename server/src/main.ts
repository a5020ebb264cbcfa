// `npm start`: reads the configuration, starts everything, says what happened, waits for a signal, stops.
import { readFileSync } from "node:fs";
import { readOptions } from "./command-options.ts";
import { createLog } from "./signal/log.ts";
import { StartRefused } from "./start-refused.ts";
import { isLoopback, readConfig } from "./config.ts";
import type { Config } from "./config.ts";
import { buildHub, hubBuildLine } from "./hub-build.ts";
import { startInstance } from "./instance.ts";
import type { Instance } from "./instance.ts";
import { startSample } from "./sample/sample.ts";
import { attemptLine, startText } from "./terminal.ts";

/** Signals within this time are one. */
const sameSignalMs = 1_000;

const usage = `npm start [-- options]: starts Bellhop, which runs until a signal

  --no-sample      without the sample workspaces and apps
  --no-hub-build   with the Developer Hub as it was built last

Settings are environment variables: docs/configuration.md`;

const options = readOptions(usage, ["no-sample", "no-hub-build"]);
const read = readConfig();
if (read.ok) await main(read.config);
else refuse(["The configuration has mistakes:", ...read.mistakes.map((mistake) => `- ${mistake}`)].join("\n"));

async function main(config: Config): Promise<void> {
  const terminal = process.stdout.isTTY;
  const log = createLog(terminal && config.logLevel === "info" ? "warn" : config.logLevel);
  const startedMs = performance.now();
  // Beside the start, which does not need it.
  const hub = options.has("no-hub-build") ? null : buildHub();
  const starting = startInstance({
    config,
    log,
    attempted: (signal) => (terminal ? process.stdout.write(`${attemptLine(signal)}\n`) : log.info(signal, "attempt")),
  });
  const isStopping = stopOnSignal(starting);
  try {
    const instance = await starting;
    const key = adminKey(config, instance);
    const sample = key === null ? null : await startSample(instance, { dataDir: config.dataDir, wanted: !options.has("no-sample"), key });
    const link = isLoopback(config) ? (await instance.makeStartLink()).url : null;
    const tookMs = performance.now() - startedMs;
    const tell = async (): Promise<void> => {
      const hubLine = hub && hubBuildLine(await hub);
      if (hubLine) process.stderr.write(`bellhop: ${hubLine}\n`);
      // On a terminal for people; elsewhere standard output is JSON lines alone.
      const say = terminal ? process.stdout : process.stderr;
      say.write(`${startText({ config, instance, sample, link, tookMs })}\n`);
    };
    await Promise.race([tell(), instance.broken]);
    await instance.broken;
  } catch (error) {
    // What was under way when the signal came has no use any more, and ends with the process.
    if (isStopping()) return;
    if (!(error instanceof StartRefused)) log.fatal({ err: error }, "Bellhop cannot go on");
    refuse(error instanceof StartRefused ? error.message : `Bellhop cannot go on: ${(error as Error).message}`);
  }
}

/** Null when the key file was lost; the start says so. */
function adminKey(config: Config, { firstKey }: Instance): string | null {
  return config.adminKey ?? ("file" in firstKey ? readFileSync(firstKey.file, "utf8").trim() : null);
}

/** A signal during the start waits for its end, so that nothing is left half made. Gives whether one came. */
function stopOnSignal(starting: Promise<Instance>): () => boolean {
  let stoppingSinceMs: number | null = null;
  const stop = (): void => {
    // A person who asks twice means now; what a whole process group gets, the bootstrap passes on as well.
    if (stoppingSinceMs !== null && performance.now() - stoppingSinceMs > sameSignalMs) process.exit(1);
    if (stoppingSinceMs !== null) return;
    stoppingSinceMs = performance.now();
    void starting
      .then((instance) => instance.stop())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  // The bootstrap that started us is gone: nobody is left who could stop us.
  process.on("disconnect", stop);
  return () => stoppingSinceMs !== null;
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
