// Keys: made, listed and deleted. Whoever may handle keys is an admin and bound to no workspace, so no key can make one
// that reaches further than itself.
import type { Static } from "typebox";
import { workspaceKeyScopes } from "@bellhop/contract/key-scopes";
import type { NewKeySchema } from "@bellhop/contract/keys";
import type { Mistake } from "@bellhop/contract/problems";
import { Problem } from "../domain/problem.ts";
import { change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import { countLastingAdminKeys, deleteKey, insertKey, keyById, listKeys } from "../store/keys.ts";
import type { KeyRecord } from "../store/keys.ts";
import { findWorkspaceOn, refuseBound } from "./find.ts";
import type { Asking, By } from "./find.ts";
import { readPage } from "./find-page.ts";
import type { List, Page, PageQuery } from "./find-page.ts";
import { hashToken, makeToken } from "./keys-token.ts";
import { randomId } from "./random-id.ts";

type Wanted = Static<typeof NewKeySchema>;

const pages: List<KeyRecord> = { name: "keys", position: /^(key_[a-z0-9]{16})$/, positionOf: ({ id }) => id };

export function keyPage(database: Database, asking: Asking, query: PageQuery): Promise<Page<KeyRecord>> {
  refuseBound(asking, "list keys");
  return readPage(pages, query, (after, limit) => listKeys(database.control, after?.[1] ?? null, limit));
}

/** The token is in the answer of this call and nowhere else. */
export async function makeKey(database: Database, by: By, nowMs: number, wanted: Wanted): Promise<{ key: KeyRecord; token: string }> {
  refuseBound(by.asking, "make keys");
  refuseMistakes(keyMistakes(wanted, nowMs));
  return change(database, by.actor, async (changing) => {
    const given = wanted.workspace_id;
    const workspace = given === undefined ? null : (await findWorkspaceOn(changing.on, given, by.asking, "/workspace_id")).ref;
    const id = randomId("key_");
    const token = makeToken(wanted.scopes.includes("admin") ? "adm" : workspace === null ? "key" : "wsp");
    const { name, scopes, expires_at = null } = wanted;
    await insertKey(changing, { id, hash: hashToken(token), name, scopes, workspace, expires_at });
    const key = (await keyById(changing.on, id)) as KeyRecord;
    changing.audit({ subject: id, before: null, after: audited(key) });
    return { key, token };
  });
}

export async function removeKey(database: Database, by: By, id: string): Promise<void> {
  refuseBound(by.asking, "delete keys");
  await change(database, by.actor, async (changing) => {
    const before = await keyById(changing.on, id);
    if (!before) throw new Problem("not_found", `There is no key ${id}.`);
    if (before.scopes.includes("admin") && (await countLastingAdminKeys(changing.on, id)) === 0) {
      throw new Problem("conflict", "This is the last admin key without an end; make another one first, or nobody could get in.");
    }
    await deleteKey(changing, id);
    changing.audit({ subject: id, before: audited(before), after: null });
  });
}

function keyMistakes({ scopes, workspace_id, expires_at }: Wanted, nowMs: number): Mistake[] {
  const mistakes: Mistake[] = [];
  const within: readonly string[] = workspaceKeyScopes;
  for (const [index, scope] of scopes.entries()) {
    if (workspace_id === undefined || within.includes(scope)) continue;
    const message = `reaches beyond a workspace; a key with workspace_id may have ${within.join(", ")}`;
    mistakes.push({ pointer: `/scopes/${index}`, message });
  }
  if (expires_at === undefined) return mistakes;
  const expiresMs = Date.parse(expires_at);
  if (Number.isNaN(expiresMs) || !isDay(expires_at.slice(0, 10)))
    mistakes.push({ pointer: "/expires_at", message: "is not a date that exists" });
  else if (expiresMs <= nowMs) mistakes.push({ pointer: "/expires_at", message: "must lie in the future" });
  return mistakes;
}

/** JavaScript takes the 30th of February for the 2nd of March, PostgreSQL does not take it. */
function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

function refuseMistakes(mistakes: readonly Mistake[]): void {
  if (mistakes.length > 0) throw new Problem("invalid_request", undefined, mistakes);
}

function audited({ id, name, scopes, workspace_id, expires_at }: KeyRecord): object {
  return { id, name, scopes, workspace_id, expires_at };
}
