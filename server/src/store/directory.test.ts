import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Pool } from "pg";
import { startReplayed } from "../../../test/replays-fixture.ts";
import type { Replayed } from "../../../test/replays-fixture.ts";
import { Directory } from "./directory.ts";
import { createSeal } from "./seal.ts";
import { Unreachable } from "./sql.ts";
import type { Statement } from "./sql.ts";

const owned = 1;
const [here, elsewhere] = [1, 3];
let log: Replayed;

before(async () => {
  log = await startReplayed();
});
after(async () => log.close());

/**
 * A directory during whose reads of a table something happens: after the database answered, and before the answer is heard.
 * Gives how often the table was read, too.
 */
async function directoryDuring(
  table: "app" | "workspace",
  happens: (read: number) => Promise<void>,
): Promise<{ directory: Directory; reads: () => number }> {
  const { control } = log.database;
  const isRead = new RegExp(`from ${table}\\b`);
  let reads = 0;
  const read = async (statement: Statement): Promise<unknown> => {
    const answer = await control.query({ ...statement, values: [...statement.values] });
    if (isRead.test(statement.text) && !statement.text.includes("control_version")) {
      await happens(++reads);
      await directory.refresh();
    }
    return answer;
  };
  const query = (statement: Statement, told: (error: unknown, answer?: unknown) => void): void =>
    void read(statement).then((answer) => told(undefined, answer), told);
  const database = { ...log.database, control: { query } as unknown as Pool };
  const directory = new Directory(database, createSeal(Buffer.alloc(32, 7)));
  await directory.refresh();
  return { directory, reads: () => reads };
}

const changed = "(select version from control_version)";
const change = async (text: string, values: readonly unknown[] = []): Promise<void> => {
  await log.ask("update control_version set version = version + 1");
  await log.ask(text, values);
};
const newVersion = (version: string): Promise<void> =>
  change(`update app set api_version = $1, version = ${changed} where ref = ${owned}`, [version]);

test("an app that changes while it is read is read again", async () => {
  const { directory } = await directoryDuring("app", (read) => (read === 1 ? newVersion("2.13") : Promise.resolve()));
  await directory.loadApps([owned]);
  assert.equal(directory.app(owned)?.facts.apiVersion, "2.13");
});

test("what changes elsewhere has nothing read again, however often", async () => {
  const { directory, reads } = await directoryDuring("app", () =>
    change(`update workspace set region = 'eu', version = ${changed} where ref = ${elsewhere}`),
  );
  await directory.loadApps([owned]);
  assert.equal(reads(), 1);
});

test("an app that changes at every read is not kept as it was: who asked is told", async () => {
  let version = 0;
  const { directory } = await directoryDuring("app", () => newVersion(`2.${++version}`));
  await assert.rejects(directory.loadApps([owned]), Unreachable);
  assert.equal(directory.app(owned), undefined);
});

test("an app whose owner changes while it is read is read again", async () => {
  const { directory } = await directoryDuring("app", async (read) => {
    if (read === 1) await change(`update workspace set kind = 'trial', version = ${changed} where ref = ${here}`);
  });
  await directory.loadApps([owned]);
  assert.equal(directory.app(owned)?.facts.ownerKind, "trial");
});

test("what is uninstalled while its workspace is read is not there", async () => {
  const { directory } = await directoryDuring("workspace", async (read) => {
    if (read === 1)
      await change(`update installation set deleted_at = now(), version = ${changed} where app = ${owned} and workspace = ${here}`);
  });
  const workspace = await directory.loadWorkspace("ext:customer-1");
  assert.equal(workspace?.installations.has(owned), false);
  assert.equal(directory.workspace("ext:customer-1"), workspace);
});

test("a workspace that is made while its name is looked up is found", async () => {
  const { directory } = await directoryDuring("workspace", async (read) => {
    if (read === 1)
      await change(
        `insert into workspace (id, external_id, name, kind, region, version) values ('w9', 'customer-9', 'w9', 'paid', 'us', ${changed})`,
      );
  });
  assert.equal((await directory.loadWorkspace("ext:customer-9"))?.id, "w9");
  assert.equal(directory.workspace("ext:customer-9")?.id, "w9");
});
