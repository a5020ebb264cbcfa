// The operator's own catalogue, and which of its topics somebody depends on.
import type { Change } from "./change.ts";
import { one, rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

type CatalogueRow = { document: string; version: number };

/** The operator's own catalogue as JSON text; undefined where the configured one is in force. */
export function catalogueRow(on: Connection): Promise<CatalogueRow | undefined> {
  return one<CatalogueRow>(on, sql`select document, version from catalogue`);
}

export async function writeCatalogue({ on, version }: Change, document: string): Promise<void> {
  await run(
    on,
    sql`insert into catalogue (document, version) values (${document}, ${version})
        on conflict (single) do update set document = excluded.document, version = excluded.version`,
  );
}

export type ChosenTopic = { topic: string; api_version: string; subscription: string; app: string; subscriptions: number };

/** Each topic that subscriptions chose, by the API version of their apps, with one of them as an example. */
export function chosenTopics(on: Connection): Promise<ChosenTopic[]> {
  return rows<ChosenTopic>(
    on,
    sql`select t.topic, a.api_version, min(s.id) as subscription, min(a.id) as app, count(*)::int4 as subscriptions
        from subscription s join app a on a.ref = s.app cross join unnest(s.topics) as t (topic)
        where s.deleted_at is null and a.deleted_at is null
        group by t.topic, a.api_version order by t.topic, a.api_version`,
  );
}

/** The API versions that apps are on, with one app each as an example. */
export function usedVersions(on: Connection): Promise<{ api_version: string; app: string }[]> {
  return rows<{ api_version: string; app: string }>(
    on,
    sql`select api_version, min(id) as app from app where deleted_at is null group by api_version order by api_version`,
  );
}
