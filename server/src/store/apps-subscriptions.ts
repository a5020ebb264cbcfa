// What a change of an app does to all its subscriptions.
import type { Change } from "./change.ts";
import { rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type ChosenTopics = { ref: number; id: string; topics: string[]; topics_off: string[] };

export function chosenTopicsOfApp(on: Connection, app: number): Promise<ChosenTopics[]> {
  return rows<ChosenTopics>(
    on,
    sql`select ref, id, topics, topics_off from subscription where app = ${app} and deleted_at is null order by ref`,
  );
}

export async function renameChosenTopics({ on, version }: Change, s: Omit<ChosenTopics, "id">): Promise<void> {
  await run(on, sql`update subscription set topics = ${s.topics}, topics_off = ${s.topics_off}, version = ${version} where ref = ${s.ref}`);
}

export async function deleteSubscriptionsOfApp({ on, version }: Change, app: number): Promise<string[]> {
  const deleted = await rows<{ id: string }>(
    on,
    sql`update subscription set deleted_at = now(), version = ${version} where app = ${app} and deleted_at is null returning id`,
  );
  return deleted.map(({ id }) => id);
}
