// Brakes: made, listed and lifted, by the operator alone. Whoever sends hears of each by the control version.
import type { BrakeView, NewBrake } from "@bellhop/contract/brakes";
import type { Mistake } from "@bellhop/contract/problems";
import { readHost } from "../domain/brake-host.ts";
import { Problem } from "../domain/problem.ts";
import { brakeById, insertBrake, liftBrake, listBrakes, subscriptionRef } from "../store/brakes.ts";
import type { BrakeRecord, NewBrakeRow } from "../store/brakes.ts";
import { change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import type { Connection } from "../store/sql.ts";
import { findAppOn, findWorkspaceOn, refuseBound } from "./find.ts";
import type { Asking, By } from "./find.ts";
import { mapPage, readPage } from "./find-page.ts";
import type { List, Page, PageQuery } from "./find-page.ts";
import { randomId } from "./random-id.ts";
import { untilMistakes } from "./until.ts";

type Named = Pick<NewBrakeRow, "workspace" | "app" | "subscription" | "host">;

const names = ["workspace_id", "app", "subscription", "host"] as const;
const nothing: Named = { workspace: null, app: null, subscription: null, host: null };

const pages: List<BrakeRecord> = { name: "brakes", position: /^(brk_[a-z0-9]{16})$/, positionOf: ({ id }) => id };

export async function brakePage(
  database: Database,
  asking: Asking,
  query: PageQuery & { readonly active?: boolean },
): Promise<Page<BrakeView>> {
  refuseBound(asking, "list brakes");
  const { active = null } = query;
  return mapPage(
    await readPage(pages, query, (after, limit) => listBrakes(database.control, after?.[1] ?? null, active, limit)),
    brakeView,
  );
}

export async function makeBrake(database: Database, by: By, nowMs: number, wanted: NewBrake): Promise<BrakeView> {
  refuseBound(by.asking, "make brakes");
  const mistakes = [...namesMistakes(wanted), ...untilMistakes(wanted.until, nowMs)];
  if (mistakes.length > 0) throw new Problem("invalid_request", undefined, mistakes);
  return change(database, by.actor, async (changing) => {
    const named = await findNamed(changing.on, wanted, by.asking);
    const id = randomId("brk_");
    const { reason } = wanted;
    await insertBrake(changing, { ...named, id, reason, untilMs: Date.parse(wanted.until), createdBy: by.actor.key });
    const brake = (await brakeById(changing.on, id)) as BrakeRecord;
    changing.audit({ subject: id, before: null, after: audited(brake) });
    return brakeView(brake);
  });
}

/** One that is over already stays as it is: what was asked for is the case. */
export async function removeBrake(database: Database, by: By, id: string): Promise<void> {
  refuseBound(by.asking, "lift brakes");
  await change(database, by.actor, async (changing) => {
    const brake = await brakeById(changing.on, id);
    if (!brake) throw new Problem("not_found", `There is no brake ${id}.`);
    if (!brake.active) return;
    await liftBrake(changing, id);
    changing.audit({ subject: id, before: audited(brake), after: null });
  });
}

function namesMistakes(wanted: NewBrake): Mistake[] {
  const given = names.filter((name) => wanted[name] !== undefined);
  const message = `name exactly one of ${names.join(", ")}`;
  if (given.length === 0) return [{ pointer: "", message }];
  if (given.length > 1) return given.map((name) => ({ pointer: `/${name}`, message }));
  if (wanted.host === undefined || readHost(wanted.host) !== null) return [];
  return [{ pointer: "/host", message: "is not a host name or an address; give the host alone, without https:// and path" }];
}

async function findNamed(on: Connection, wanted: NewBrake, asking: Asking): Promise<Named> {
  const { workspace_id: workspace, app, subscription, host } = wanted;
  if (workspace !== undefined) return { ...nothing, workspace: (await findWorkspaceOn(on, workspace, asking, "/workspace_id")).ref };
  if (app !== undefined) return { ...nothing, app: (await findAppOn(on, app, asking, "/app")).ref };
  if (subscription !== undefined) return { ...nothing, subscription: await findSubscription(on, subscription) };
  return { ...nothing, host: readHost(host ?? "") };
}

async function findSubscription(on: Connection, id: string): Promise<number> {
  const found = await subscriptionRef(on, id);
  if (!found) throw new Problem("not_found", `There is no subscription ${id}.`, [{ pointer: "/subscription", message: "does not exist" }]);
  return found.ref;
}

function audited({ workspace_id, app, subscription, host, until, reason }: BrakeRecord): object {
  return { workspace_id, app, subscription, host, until: until.toISOString(), reason };
}

function brakeView({ active, until, created_at: createdAt, lifted_at: liftedAt, ...brake }: BrakeRecord): BrakeView {
  return {
    ...brake,
    until: until.toISOString(),
    ends: active ? "active" : liftedAt === null ? "ended" : "lifted",
    lifted_at: liftedAt && liftedAt.toISOString(),
    created_at: createdAt.toISOString(),
  };
}
