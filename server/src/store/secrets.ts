// Rows of the versions of an app's client secret, sealed at the place `secret:<app id>:<number>`.
import type { Change } from "./change.ts";
import { rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type SecretRecord = { number: number; sealed: Buffer; created_at: Date; ends_at: Date | null };

/** The versions that have not ended, newest first, and the database's time. */
export function validSecrets(on: Connection, app: number): Promise<(SecretRecord & { now: Date })[]> {
  return rows<SecretRecord & { now: Date }>(
    on,
    sql`select number, sealed, created_at, ends_at, now() as now from secret
        where app = ${app} and (ends_at is null or ends_at > now()) order by number desc`,
  );
}

export async function insertSecret({ on }: Change, app: number, number: number, sealed: Buffer): Promise<void> {
  await run(on, sql`insert into secret (app, number, sealed) values (${app}, ${number}, ${sealed})`);
}

/** Ends the versions up to `number` that have not ended, in so many seconds. */
export async function endSecrets({ on }: Change, app: number, number: number, seconds: number): Promise<void> {
  await run(
    on,
    sql`update secret set ends_at = now() + make_interval(secs => ${seconds})
        where app = ${app} and number <= ${number} and (ends_at is null or ends_at > now())`,
  );
}
