// `npm run sample:remove`: deletes the sample, through the Bellhop that runs on this data folder or one started for it.
import { readFileSync } from "node:fs";
import { readOptions } from "./command-options.ts";
import { createLog } from "./signal/log.ts";
import { StartRefused } from "./start-refused.ts";
import { readConfig } from "./config.ts";
import type { Config } from "./config.ts";
import { readRunning, startInstance } from "./instance.ts";
import { removeSample } from "./sample/sample.ts";

readOptions("npm run sample:remove: deletes the sample workspaces and apps, with their log", []);
const read = readConfig();
if (!read.ok) throw new Error(read.mistakes.join(" "));
const { config } = read;
const key = (keyFile: string): string => config.adminKey ?? readFileSync(keyFile, "utf8").trim();

try {
  const removed = await remove(config);
  const lines = removed
    ? ["The sample is removed.", ...removed.map((reason) => `Left: ${reason}`)]
    : ["There is no sample in this data folder."];
  process.stdout.write(`${lines.join("\n")}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function remove(from: Config): Promise<string[] | null> {
  const { dataDir } = from;
  try {
    const instance = await startInstance({ config: { ...from, port: 0 }, log: createLog("silent"), attempted: () => undefined });
    try {
      return await removeSample(instance, { dataDir, key: key(instance.keyFile) });
    } finally {
      await instance.stop();
    }
  } catch (error) {
    const running = error instanceof StartRefused ? readRunning(dataDir) : null;
    if (!running) throw error;
    return removeSample(running, { dataDir, key: key(`${dataDir}/admin.key`) });
  }
}
