import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import { openDatabase } from "../store/database.ts";
import type { Database } from "../store/database.ts";
import { createKeyFinder } from "./keys-find.ts";
import { ensureFirstKey } from "./keys-first.ts";

let testDatabase: TestDatabase;
let database: Database;
let folder: string;
let file: string;

before(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, () => undefined);
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  await database.control.query("delete from key");
  folder = mkdtempSync(join(tmpdir(), "bellhop-first-key-"));
  file = join(folder, "data", "admin.key");
});
afterEach(() => rmSync(folder, { recursive: true }));

const scopesOf = async (token: string) => (await createKeyFinder(database).find(token))?.scopes ?? null;
const fileToken = () => readFileSync(file, "utf8").trim();
const version = async () => (await database.control.query("select version from control_version")).rows[0].version;

test("the first start makes a key in a file that only its owner can read; later starts keep it and change nothing", async () => {
  assert.deepEqual(await ensureFirstKey(database, { file }), { state: "made", file });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(await scopesOf(fileToken()), ["admin"]);
  const [token, made] = [fileToken(), await version()];
  assert.deepEqual(await ensureFirstKey(database, { file }), { state: "kept", file });
  assert.deepEqual([fileToken(), await version()], [token, made]);
});

test("two first starts at once make one key", async () => {
  const states = await Promise.all([ensureFirstKey(database, { file }), ensureFirstKey(database, { file })]);
  assert.deepEqual(states.map(({ state }) => state).toSorted(), ["kept", "made"]);
  assert.deepEqual(await scopesOf(fileToken()), ["admin"]);
});

test("a start that died between file and commit leaves a key that the next start takes over", async () => {
  await ensureFirstKey(database, { file });
  const token = fileToken();
  await database.control.query("delete from key");
  assert.deepEqual(await ensureFirstKey(database, { file }), { state: "made", file });
  assert.equal(fileToken(), token);
  assert.deepEqual(await scopesOf(token), ["admin"]);
});

test("a file with something else in it is replaced", async () => {
  await ensureFirstKey(database, { file });
  await database.control.query("delete from key");
  writeFileSync(file, "short");
  assert.equal((await ensureFirstKey(database, { file })).state, "made");
  assert.deepEqual(await scopesOf(fileToken()), ["admin"]);
});

test("a lost file is said clearly, and no second key is made behind the operator's back", async () => {
  await ensureFirstKey(database, { file });
  rmSync(file);
  const first = await ensureFirstKey(database, { file });
  assert.equal(first.state, "lost");
  assert.match("sentence" in first ? first.sentence : "", /set BELLHOP_ADMIN_KEY/);
  assert.equal((await database.control.query("select 1 from key")).rowCount, 1);
});

test("BELLHOP_ADMIN_KEY is valid beside other keys, at every start, and its former value is not", async () => {
  await ensureFirstKey(database, { file });
  const [old, fresh] = ["an-admin-key-of-my-own-1", "an-admin-key-of-my-own-2"];
  assert.deepEqual(await ensureFirstKey(database, { adminKey: old, file }), { state: "given" });
  const kept = await version();
  await ensureFirstKey(database, { adminKey: old, file });
  assert.equal(await version(), kept, "a start that finds it valid changes nothing");
  await ensureFirstKey(database, { adminKey: fresh, file });
  assert.deepEqual([await scopesOf(old), await scopesOf(fresh), await scopesOf(fileToken())], [null, ["admin"], ["admin"]]);

  await database.control.query("update key set deleted_at = now() where name = 'BELLHOP_ADMIN_KEY'");
  await ensureFirstKey(database, { adminKey: fresh, file });
  assert.deepEqual(await scopesOf(fresh), ["admin"], "deleted by the API, it comes back as long as the variable is set");
});

test("BELLHOP_ADMIN_KEY may be the key of the file", async () => {
  await ensureFirstKey(database, { file });
  await database.control.query("update key set scopes = '{read}', expires_at = now() + interval '1 hour'");
  assert.deepEqual(await ensureFirstKey(database, { adminKey: fileToken(), file }), { state: "given" });
  assert.deepEqual(await scopesOf(fileToken()), ["admin"]);
});

for (const adminKey of ["", "nineteen-characters", "twenty characters with spaces"]) {
  test(`BELLHOP_ADMIN_KEY "${adminKey}" is refused in a sentence`, async () => {
    const first = await ensureFirstKey(database, { adminKey, file });
    assert.equal(first.state, "refused");
    assert.equal((await database.control.query("select 1 from key")).rowCount, 0);
  });
}
