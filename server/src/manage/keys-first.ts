// The first key. Without BELLHOP_ADMIN_KEY it is made at the first start and written to a file that only the owner can
// read. The file is written inside the transaction, before the commit: a start that dies in between leaves a file whose
// key the next one takes over, never a key in the database that nobody has.
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Scope } from "@bellhop/contract/route";
import { change } from "../store/change.ts";
import type { Change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import { countLastingAdminKeys, insertKey, keyIdOfHash, restoreAdminKey, usableKey } from "../store/keys.ts";
import type { UsableKey } from "../store/keys.ts";
import type { Connection } from "../store/sql.ts";
import { hashToken, makeToken } from "./keys-token.ts";
import { randomId } from "./random-id.ts";

const adminKeyCharactersMin = 20;
/** The row of BELLHOP_ADMIN_KEY: always the same, so that a changed variable replaces the key it had before. */
const environmentKeyId = "key_bellhopadminkey0";
const environmentKeyName = "BELLHOP_ADMIN_KEY";
const fileKeyName = "first key";
const actor = { key: "start", route: "start" };
const adminScopes: readonly Scope[] = ["admin"];

/**
 * `given`: BELLHOP_ADMIN_KEY is valid. `made`: a new key is in the file. `kept`: the file's key is valid. `lost`: there
 * are admin keys, but none that the file has. `refused`: BELLHOP_ADMIN_KEY cannot be a key. The sentences are for people.
 */
export type FirstKey =
  | { readonly state: "given" }
  | { readonly state: "made" | "kept"; readonly file: string }
  | { readonly state: "lost" | "refused"; readonly sentence: string };

export type FirstKeyOptions = { readonly adminKey?: string | undefined; readonly file: string };

export async function ensureFirstKey(database: Database, { adminKey, file }: FirstKeyOptions): Promise<FirstKey> {
  return adminKey === undefined ? ensureFileKey(database, file) : ensureEnvironmentKey(database, adminKey);
}

async function ensureEnvironmentKey(database: Database, token: string): Promise<FirstKey> {
  if (token.length < adminKeyCharactersMin || /\s/.test(token)) {
    const sentence = `BELLHOP_ADMIN_KEY must have at least ${adminKeyCharactersMin} characters and no white space.`;
    return { state: "refused", sentence };
  }
  const hash = hashToken(token);
  if (isLastingAdmin(await usableKey(database.control, hash))) return { state: "given" };
  await change(database, actor, async (changing) => {
    if (!isLastingAdmin(await usableKey(changing.on, hash))) await keepEnvironmentKey(changing, hash);
  });
  return { state: "given" };
}

async function keepEnvironmentKey(changing: Change, hash: Buffer): Promise<void> {
  const sameToken = await keyIdOfHash(changing.on, hash);
  const id = sameToken?.id ?? environmentKeyId;
  const restored = await restoreAdminKey(changing, id, hash);
  if (!restored) await insertAdminKey(changing, id, hash, environmentKeyName);
  else changing.audit({ subject: id, before: null, after: { id, scopes: adminScopes, from: environmentKeyName } });
}

async function ensureFileKey(database: Database, file: string): Promise<FirstKey> {
  if (await isFileKeyValid(database.control, file)) return { state: "kept", file };
  return change(database, actor, async (changing): Promise<FirstKey> => {
    if (await isFileKeyValid(changing.on, file)) return { state: "kept", file };
    if ((await countLastingAdminKeys(changing.on, null)) > 0) return { state: "lost", sentence: lostSentence(file) };
    const left = readToken(file);
    // A token of the file that this database has had was deleted by somebody: it stays deleted.
    const isLeft = left !== null && !(await keyIdOfHash(changing.on, hashToken(left)));
    const token = isLeft ? left : makeToken("adm");
    if (!isLeft) writePrivately(file, `${token}\n`);
    await insertAdminKey(changing, randomId("key_"), hashToken(token), fileKeyName);
    return { state: "made", file };
  });
}

async function insertAdminKey(changing: Change, id: string, hash: Buffer, name: string): Promise<void> {
  await insertKey(changing, { id, hash, name, scopes: adminScopes, workspace: null, expires_at: null });
  changing.audit({ subject: id, before: null, after: { id, name, scopes: adminScopes, workspace_id: null, expires_at: null } });
}

async function isFileKeyValid(on: Connection, file: string): Promise<boolean> {
  const token = readToken(file);
  return token !== null && isLastingAdmin(await usableKey(on, hashToken(token)));
}

function isLastingAdmin(key: UsableKey | undefined): boolean {
  return key !== undefined && key.scopes.includes("admin") && key.workspace === null && key.expires_in_ms === null;
}

function lostSentence(file: string): string {
  return `The database has admin keys, but ${file} has none of them: use one of those, or set BELLHOP_ADMIN_KEY to a new one and start again.`;
}

/** Null where there is no file, or none with a key in it. */
function readToken(file: string): string | null {
  try {
    const token = readFileSync(file, "utf8").trim();
    return token.length >= adminKeyCharactersMin && !/\s/.test(token) ? token : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** All of it or nothing, and readable by nobody else from its first moment. */
function writePrivately(file: string, text: string): void {
  const making = `${file}.making`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(making, text, { mode: 0o600, flush: true });
  chmodSync(making, 0o600);
  renameSync(making, file);
}
