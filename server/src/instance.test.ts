// What can be wrong with this machine at a start: each ends in one sentence that names the setting.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { createTestDatabase } from "../../test/database.ts";
import type { TestDatabase } from "../../test/database.ts";
import { StartRefused } from "./start-refused.ts";
import { readConfig } from "./config.ts";
import type { Config } from "./config.ts";
import { startInstance } from "./instance.ts";

let database: TestDatabase;
let folder: string;
const taken = createServer();

before(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "bellhop-instance-"));
  writeFileSync(join(folder, "file"), "");
  writeFileSync(join(folder, "catalogue.json"), '{"versions":[],"topics":[]}');
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
});

after(async () => {
  taken.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

async function refusal(changes: () => Partial<Config>): Promise<string> {
  const read = readConfig({}, folder);
  assert.ok(read.ok);
  const config: Config = { ...read.config, databaseUrl: database.url, port: 0, ...changes() };
  const started = await startInstance({ config, log: pino({ level: "silent" }), attempted: () => undefined }).catch(
    (error: unknown) => error,
  );
  assert.ok(started instanceof StartRefused, String(started));
  return started.message;
}

/** A database that nobody may reach for. */
const noDatabase = "postgres://127.0.0.1:1/none";

for (const [what, changes, setting] of [
  ["HOST is not an address of this machine", () => ({ host: "192.0.2.1" }), "HOST"],
  ["METRICS_PORT is taken", () => ({ metricsPort: (taken.address() as AddressInfo).port }), "METRICS_PORT"],
  ["the data folder is a file", () => ({ dataDir: join(folder, "file") }), "BELLHOP_DATA_DIR"],
  ["the data folder would be below a file", () => ({ dataDir: join(folder, "file/data") }), "BELLHOP_DATA_DIR"],
  ["the data folder cannot be made", () => ({ dataDir: "/proc/x/y" }), "BELLHOP_DATA_DIR"],
  [
    "the catalogue has mistakes, which is found before the database is opened",
    () => ({ catalogue: join(folder, "catalogue.json"), databaseUrl: noDatabase }),
    "BELLHOP_CATALOGUE",
  ],
] as const) {
  test(`${what}: refused in a sentence that names ${setting}`, async () => {
    const message = await refusal(changes);
    assert.ok(message.includes(setting), message);
    assert.equal(message.includes("\n"), false, message);
  });
}
