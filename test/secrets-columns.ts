// The columns that keep secrets, and a check that there is no other: each is filled with values that are searched for elsewhere.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type pg from "pg";
import { createSeal } from "../server/src/store/seal.ts";
import type { Canary } from "./secrets-canaries.ts";

/** Column -> what it keeps of a secret, and in what form. Every one of them is filled before it is searched. */
const secretColumns: Readonly<Record<string, string>> = {
  "secret.sealed": "an app's client secrets, sealed",
  "subscription.sealed_headers": "values of a subscription's own headers, sealed",
  "subscription.sealed_signing_secret": "a subscription's own signing secret, sealed",
  "key.hash": "SHA-256 of a key's token",
  "installation.token_hash": "SHA-256 of an installation's access token",
  "sign_in_link.hash": "SHA-256 of a sign-in link's token",
  "session.hash": "SHA-256 of a session's token",
  "encryption.proof": "a known text, sealed: proves the encryption key",
};
/** Columns that look like it and are none. */
const noSecrets = new Set([
  "app.client_id",
  "audit.key", // the id of a key
  "encryption.key_id", // a part of a hash of the encryption key
  "event.ordering_key",
  "idempotency.key",
  "idempotency.hash", // of an event's content
  "migration.hash", // of a file
  "log.signatures",
  "log.body_sha256",
  "log.answer_body",
  "log.answer_headers",
  "subscription.header_names",
  "subscription.signatures", // which there are
]);
const looksSecret = /secret|token|sealed|password|credential|hash|sha\d|sha_|proof|key|header|client|sign|auth/;

/** A new column that could keep a secret has to be put into one of the lists. */
export async function assertColumnsAreKnown(database: pg.Client): Promise<void> {
  const { rows } = await database.query<{ name: string; type: string }>(
    `select c.relname || '.' || a.attname as name, a.atttypid::regtype::text as type from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped`,
  );
  const suspects = rows
    .filter(({ name, type }) => type === "bytea" || looksSecret.test(name.split(".")[1] as string))
    .map(({ name }) => name);
  const unknown = suspects.filter((name) => !(name in secretColumns) && !noSecrets.has(name));
  assert.deepEqual(unknown, [], "say whether these columns keep secrets, and give those that do one of the test's");
  const gone = Object.keys(secretColumns).filter((name) => !suspects.includes(name));
  assert.deepEqual(gone, []);
}

/** Each secret column has secrets that are searched for, and none that is not. */
export async function assertColumnsAreFilled(database: pg.Client, encryptionKey: Buffer, canaries: readonly Canary[]): Promise<void> {
  const seal = createSeal(encryptionKey);
  const texts = new Set(canaries.map(({ value }) => value.toString()));
  const hashes = new Set([...texts].map((text) => createHash("sha256").update(text).digest("hex")));
  const known = (text: string): boolean => texts.has(text);
  const ask = async (sql: string): Promise<{ value: Buffer; place: string }[]> =>
    (await database.query(sql)).rows as { value: Buffer; place: string }[];
  const opened: Record<string, boolean[]> = {
    "secret.sealed": (
      await ask("select s.sealed as value, 'secret:' || a.id || ':' || s.number as place from secret s join app a on a.ref = s.app")
    ).map(({ value, place }) => known(seal.open(value, place))),
    "subscription.sealed_headers": (
      await ask("select sealed_headers as value, 'headers:' || id as place from subscription where sealed_headers is not null")
    ).map(({ value, place }) => Object.values(JSON.parse(seal.open(value, place)) as Record<string, string>).every(known)),
    "subscription.sealed_signing_secret": (
      await ask(
        "select sealed_signing_secret as value, 'signing_secret:' || id as place from subscription where sealed_signing_secret is not null",
      )
    ).map(({ value, place }) => known(seal.open(value, place))),
    "key.hash": (await ask("select hash as value, '' as place from key")).map(({ value }) => hashes.has(value.toString("hex"))),
    "installation.token_hash": (await ask("select token_hash as value, '' as place from installation where token_hash is not null")).map(
      ({ value }) => hashes.has(value.toString("hex")),
    ),
    "sign_in_link.hash": (await ask("select hash as value, '' as place from sign_in_link")).map(({ value }) =>
      hashes.has(value.toString("hex")),
    ),
    "session.hash": (await ask("select hash as value, '' as place from session")).map(({ value }) => hashes.has(value.toString("hex"))),
    "encryption.proof": (await ask("select proof as value, '' as place from encryption")).map(({ value }) => value.length > 0),
  };
  assert.deepEqual(Object.keys(opened).toSorted(), Object.keys(secretColumns).toSorted());
  const wrong = Object.entries(opened).filter(([, values]) => values.length === 0 || values.includes(false));
  assert.deepEqual(
    wrong.map(([name]) => name),
    [],
    "columns without a secret of the test's, or with one that it does not know",
  );
}
