// Workspaces: made, changed and deleted by the operator. A workspace's own key may change its name and nothing else: its
// kind decides what it is entitled to, and its ids are the operator's.
import type { Static } from "typebox";
import type { NewWorkspaceSchema, PutWorkspaceSchema, WorkspaceChangeSchema } from "@bellhop/contract/workspaces";
import { Problem, taken } from "../domain/problem.ts";
import { countAppsOwned } from "../store/apps.ts";
import { change } from "../store/change.ts";
import type { Change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import { deleteInstallationsInWorkspace } from "../store/installations.ts";
import { deleteKeysOfWorkspace } from "../store/keys.ts";
import {
  deleteWorkspace,
  insertWorkspace,
  listWorkspaces,
  updateWorkspace,
  workspaceByExternalId,
  workspaceById,
} from "../store/workspaces.ts";
import type { WorkspaceRecord, WorkspaceSettings } from "../store/workspaces.ts";
import { externalIdIn, findWorkspaceOn, refuseBound } from "./find.ts";
import type { Asking, By } from "./find.ts";
import { readPage, serialOf, serialPosition } from "./find-page.ts";
import type { List, Page, PageQuery } from "./find-page.ts";
import { lowerCase, randomText } from "./random-id.ts";

const madeIdLength = 8;

const pages: List<WorkspaceRecord> = { name: "workspaces", position: serialPosition, positionOf: ({ ref }) => String(ref) };

export function workspacePage(database: Database, asking: Asking, query: PageQuery): Promise<Page<WorkspaceRecord>> {
  return readPage(pages, query, (after, limit) => listWorkspaces(database.control, asking.workspace, serialOf(after), limit));
}

export async function makeWorkspace(
  database: Database,
  regions: readonly string[],
  by: By,
  wanted: Static<typeof NewWorkspaceSchema>,
): Promise<WorkspaceRecord> {
  refuseBound(by.asking, "make workspaces");
  refuseUnknownRegion(regions, wanted.region);
  return change(database, by.actor, async (changing) => {
    if (wanted.external_id !== undefined) await refuseTakenExternalId(changing, wanted.external_id);
    const id = wanted.id === undefined ? await freeId(changing) : await refuseTakenId(changing, wanted.id);
    return insert(changing, { ...wanted, id, external_id: wanted.external_id ?? null });
  });
}

export async function changeWorkspace(
  database: Database,
  by: By,
  given: string,
  wanted: Static<typeof WorkspaceChangeSchema>,
): Promise<WorkspaceRecord> {
  return change(database, by.actor, async (changing) => {
    const before = await findWorkspaceOn(changing.on, given, by.asking);
    if (wanted.kind !== undefined || wanted.external_id !== undefined) refuseBound(by.asking, "change a workspace's kind or external id");
    const external = wanted.external_id;
    if (external && external !== before.external_id) await refuseTakenExternalId(changing, external);
    return update(changing, before, { ...before, ...wanted });
  });
}

/** Makes or changes the workspace `ext:<id>`. Where nothing is to change nothing is written: it may be called at each publish. */
export async function putWorkspace(
  database: Database,
  regions: readonly string[],
  by: By,
  given: string,
  wanted: Static<typeof PutWorkspaceSchema>,
): Promise<{ made: boolean; workspace: WorkspaceRecord }> {
  const externalId = externalIdIn(given);
  if (externalId === null) {
    const message = "PUT takes `ext:` and the operator's own id; PATCH changes a workspace by our id.";
    throw new Problem("invalid_request", message, [{ pointer: "/id", message }]);
  }
  refuseBound(by.asking, "put workspaces");
  refuseUnknownRegion(regions, wanted.region);
  const existing = await workspaceByExternalId(database.control, externalId);
  if (existing && isSame(existing, wanted)) return { made: false, workspace: existing };
  return change(database, by.actor, async (changing) => {
    const before = await workspaceByExternalId(changing.on, externalId);
    if (before) return { made: false, workspace: await update(changing, before, { ...before, ...wanted }) };
    const id = await freeId(changing);
    return { made: true, workspace: await insert(changing, { ...wanted, id, external_id: externalId }) };
  });
}

/** Refused while it owns apps; else uninstalls everything there and deletes its keys. */
export async function removeWorkspace(database: Database, by: By, given: string): Promise<void> {
  await change(database, by.actor, async (changing) => {
    const before = await findWorkspaceOn(changing.on, given, by.asking);
    refuseBound(by.asking, "delete workspaces");
    const owned = await countAppsOwned(changing.on, before.ref);
    if (owned > 0) {
      const apps = owned === 1 ? "an app" : `${owned} apps`;
      throw new Problem(
        "conflict",
        `The workspace ${before.id} owns ${apps}; delete what \`GET /v1/apps?workspace_id=${before.id}\` lists.`,
      );
    }
    const uninstalled = await deleteInstallationsInWorkspace(changing, before.ref);
    const keys = await deleteKeysOfWorkspace(changing, before.ref);
    await deleteWorkspace(changing, before.ref);
    changing.audit({ subject: before.id, before: { ...audited(before), installed: uninstalled, keys }, after: null });
  });
}

async function insert(changing: Change, settings: WorkspaceSettings): Promise<WorkspaceRecord> {
  const made = await insertWorkspace(changing, settings);
  changing.audit({ subject: made.id, before: null, after: audited(made) });
  return made;
}

async function update(changing: Change, before: WorkspaceRecord, after: WorkspaceRecord): Promise<WorkspaceRecord> {
  if (before.region !== after.region) {
    throw new Problem("conflict", `The workspace ${before.id} is in the region ${before.region}, which cannot be changed.`);
  }
  await updateWorkspace(changing, after);
  changing.audit({ subject: before.id, before: audited(before), after: audited(after) });
  return after;
}

function isSame(existing: WorkspaceRecord, wanted: Static<typeof PutWorkspaceSchema>): boolean {
  return existing.name === wanted.name && existing.kind === wanted.kind && existing.region === wanted.region;
}

function audited({ id, external_id, name, kind, region }: WorkspaceRecord): object {
  return { id, external_id, name, kind, region };
}

function refuseUnknownRegion(regions: readonly string[], region: string): void {
  if (regions.includes(region)) return;
  const message = `There is no region "${region}"; the operator has configured ${regions.join(", ")}.`;
  throw new Problem("invalid_request", message, [{ pointer: "/region", message }]);
}

async function refuseTakenExternalId({ on }: Change, externalId: string): Promise<void> {
  const other = await workspaceByExternalId(on, externalId);
  if (other) throw taken("/external_id", `The workspace ${other.id} has the external id "${externalId}" already.`);
}

async function refuseTakenId({ on }: Change, id: string): Promise<string> {
  if (await workspaceById(on, id)) throw taken("/id", `There is a workspace ${id} already; PATCH changes it.`);
  return id;
}

async function freeId(changing: Change): Promise<string> {
  for (;;) {
    const id = randomText(lowerCase, madeIdLength);
    if (!(await workspaceById(changing.on, id))) return id;
  }
}
