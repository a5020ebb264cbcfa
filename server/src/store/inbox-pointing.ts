// Which subscriptions have the test inbox as their endpoint, and what opens their signing secrets.
import { rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** Newest first, so that what somebody has just made is among them. */
export const pointingMax = 1_000;

/** `sealed_signing_secret` belongs to the place `signing_secret:<subscription>`. */
export type PointingRow = { app: number; app_id: string; subscription: string; url: string; sealed_signing_secret: Buffer | null };

/** `starts`: how their URLs begin. Reads all subscriptions, of which a local Bellhop has few. */
export function subscriptionsPointingAt(on: Connection, starts: readonly string[]): Promise<PointingRow[]> {
  return rows<PointingRow>(
    on,
    sql`select s.app, a.id as app_id, s.id as subscription, s.url, s.sealed_signing_secret
        from subscription s join app a on a.ref = s.app
        where s.deleted_at is null and a.deleted_at is null
          and exists (select from unnest(${starts}::text[]) start where starts_with(s.url, start))
        order by s.ref desc limit ${pointingMax}`,
  );
}
