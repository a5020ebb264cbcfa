import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import { Problem } from "../domain/problem.ts";
import { openDatabase } from "../store/database.ts";
import type { Database } from "../store/database.ts";
import { createKeyFinder } from "./keys-find.ts";
import { hashToken } from "./keys-token.ts";

let test_: TestDatabase;
let database: Database;
let statements = 0;
let nowMs = 0;

before(async () => {
  test_ = await createTestDatabase();
  database = openDatabase(test_.url, () => undefined);
  const query = database.control.query.bind(database.control) as (...parameters: unknown[]) => unknown;
  database.control.query = ((...parameters: unknown[]) => (statements++, query(...parameters))) as never;
});
after(async () => {
  await database.close();
  await test_.drop();
});
beforeEach(async () => {
  await database.read.query("delete from key");
  statements = 0;
});

const insert = (token: string, ends: string | null = null) =>
  database.read.query("insert into key (id, hash, name, scopes, expires_at) values ($1, $2, 'n', '{read}', now() + $3::interval)", [
    `key_${token}`,
    hashToken(token),
    ends,
  ]);

const finder = () => createKeyFinder(database, () => nowMs);

test("a hundred requests at once and a hundred after them cost one statement", async () => {
  await insert("busy");
  const { find } = finder();
  const found = await Promise.all(Array.from({ length: 100 }, () => find("busy")));
  for (let i = 0; i < 100; i++) assert.deepEqual(await find("busy"), { key: "key_busy", scopes: ["read"], workspace: null });
  assert.deepEqual(found[99], found[0]);
  assert.equal(statements, 1);
});

test("an unknown token is remembered too", async () => {
  const { find } = finder();
  for (let i = 0; i < 10; i++) assert.equal(await find("wrong"), null);
  assert.equal(statements, 1);
});

test("a key deleted by another process stops within 2 s, one deleted by this process at once", async () => {
  await insert("deleted");
  const { find, forget } = finder();
  assert.ok(await find("deleted"));
  await database.read.query("update key set deleted_at = now()");
  nowMs += 1_999;
  assert.equal(await find("deleted"), null);

  await database.read.query("update key set deleted_at = null");
  forget();
  assert.ok(await find("deleted"));
  await database.read.query("update key set deleted_at = now()");
  forget();
  assert.equal(await find("deleted"), null);
});

test("what was asked before a change is not remembered after it", async () => {
  await insert("racing");
  const { find, forget } = finder();
  const asked = find("racing");
  forget();
  assert.ok(await asked);
  await database.read.query("update key set deleted_at = now()");
  assert.equal(await find("racing"), null);
});

test("a key ends at its very end, not when what is remembered runs out", async () => {
  await insert("ending", "300 milliseconds");
  const { find } = finder();
  assert.ok(await find("ending"));
  nowMs += 301;
  await find("ending");
  assert.equal(statements, 2, "it was looked up again");
});

test("wrong tokens without end neither grow the memory nor push a good key out", async () => {
  await insert("good");
  const { find } = finder();
  await find("good");
  for (let i = 0; i < 10_050; i += 50) await Promise.all(Array.from({ length: 50 }, (_, j) => find(`wrong ${i + j}`)));
  const before = statements;
  assert.ok(await find("good"));
  assert.equal(statements, before);
  await find("wrong 0");
  assert.equal(statements, before + 1, "the oldest wrong one was forgotten");
});

test("a database that does not answer is `unavailable`, and so are too many lookups at once", async () => {
  const dead = openDatabase("postgres://nobody@127.0.0.1:1/none", () => undefined);
  const { find } = createKeyFinder(dead);
  await assert.rejects(find("any"), (error) => error instanceof Problem && error.code === "unavailable" && error.cause instanceof Error);
  const lookups = Array.from({ length: 501 }, (_, i) => find(`token ${i}`));
  const results = await Promise.allSettled(lookups);
  assert.ok(results.every((result) => result.status === "rejected" && (result.reason as Problem).code === "unavailable"));
  assert.match(String((results[500] as PromiseRejectedResult).reason), /at once/);
  await dead.close();
});
