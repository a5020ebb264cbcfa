// How the database fares, as far as an operator wants to see it beside the flow.
import { one, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type DatabaseLoad = { size_bytes: number; connections: number };

export async function databaseLoad(on: Connection): Promise<DatabaseLoad | undefined> {
  return one<DatabaseLoad>(
    on,
    sql`select pg_database_size(current_database()) as size_bytes,
          (select count(*) from pg_stat_activity where datname = current_database()) as connections`,
  );
}
