import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import { openDatabase } from "../store/database.ts";
import type { Database } from "../store/database.ts";
import { createSeal } from "../store/seal.ts";
import { checkEncryptionKey } from "./secrets-key-check.ts";

const right = createSeal(Buffer.alloc(32, 1));
const wrong = createSeal(Buffer.alloc(32, 2));
let testDatabase: TestDatabase;
let database: Database;

before(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, () => undefined);
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});

test("the first key is the database's; another is refused in one sentence, and the first still opens", async () => {
  const firsts = await Promise.all([checkEncryptionKey(database, right), checkEncryptionKey(database, right)]);
  assert.deepEqual(firsts, [{ ok: true }, { ok: true }]);
  const refused = await checkEncryptionKey(database, wrong);
  assert.equal(refused.ok, false);
  assert.match("sentence" in refused ? refused.sentence : "", /not the encryption key of this database.*BELLHOP_ENCRYPTION_KEY/);
  assert.deepEqual(await checkEncryptionKey(database, right), { ok: true });
  assert.equal((await database.control.query("select 1 from encryption")).rowCount, 1);
});

test("of two first starts at once with different keys only one is right", async () => {
  await database.control.query("delete from encryption");
  const checks = await Promise.all([checkEncryptionKey(database, right), checkEncryptionKey(database, wrong)]);
  assert.equal(checks.filter(({ ok }) => ok).length, 1);
});
