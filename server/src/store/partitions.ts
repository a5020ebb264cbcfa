// Upkeep of the flow tables' days. A partition is made as a table of its own with a check that matches its bounds and then
// attached: `create table ... partition of` would lock out every insert behind the slowest reader. Old days are detached
// and dropped whole; by construction nothing in them is still owed (hold + 5 days is less than the retention).
import type { Pool } from "pg";
import { firstIdAt } from "../domain/id.ts";
import { transaction } from "./sql.ts";

const dayMs = 86_400_000;
export const daysAhead = 3;
const lockTimeoutMs = 50;
const lockAttemptsMax = 100;

/** Table -> the column whose value falls into a day, and how a day's beginning is written in it. */
const dayTables = {
  event: { column: "id", start: (day: number) => firstIdAt(day * dayMs) },
  notification: { column: "id", start: (day: number) => firstIdAt(day * dayMs) },
  log: { column: "notification", start: (day: number) => firstIdAt(day * dayMs) },
  idempotency: { column: "day", start: isoDay },
  subscription_minute: { column: "at", start: utcMidnight },
  subscription_hour: { column: "at", start: utcMidnight },
} as const;

const dayName = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10).replaceAll("-", "");
function isoDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
function utcMidnight(day: number): string {
  return new Date(day * dayMs).toISOString();
}
export const dayOf = (ms: number): number => Math.floor(ms / dayMs);

/** Makes the partitions from `fromMs` until three days after `nowMs`, where they are missing. */
export async function makePartitions(pool: Pool, fromMs: number, nowMs: number): Promise<void> {
  const existing = await partitionNames(pool);
  for (let day = dayOf(fromMs); day <= dayOf(nowMs) + daysAhead; day++) {
    for (const [table, { column, start }] of Object.entries(dayTables))
      if (!existing.has(`${table}_${dayName(day)}`)) await makePartition(pool, table, column, day, [start(day), start(day + 1)]);
  }
}

async function partitionNames(pool: Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ name: string }>("select inhrelid::regclass::text as name from pg_inherits");
  return new Set(rows.map((row) => row.name));
}

async function makePartition(pool: Pool, table: string, column: string, day: number, bounds: readonly [string, string]): Promise<void> {
  const name = `${table}_${dayName(day)}`;
  const [from, to] = bounds;
  await withShortLocks(pool, [
    `create table if not exists ${name} (like ${table} including defaults including constraints including indexes,
       constraint ${name}_day check (${column} >= '${from}' and ${column} < '${to}'))
       with (autovacuum_vacuum_insert_threshold = -1, toast.autovacuum_enabled = off)`,
    `alter table ${table} attach partition ${name} for values from ('${from}') to ('${to}')`,
    `alter table ${name} drop constraint ${name}_day`,
  ]);
}

/** Runs statements in one transaction that never waits long for a lock, so that nobody has to wait long behind it. */
async function withShortLocks(pool: Pool, statements: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(pool, async (on) => {
        await on.query(`select pg_advisory_xact_lock(${makerLock}); set local lock_timeout = ${lockTimeoutMs}`);
        for (const statement of statements) await on.query(statement);
      });
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === attached) return;
      if (code !== lockNotAvailable || attempt === lockAttemptsMax) throw error;
    }
  }
}

const lockNotAvailable = "55P03";
/** One maker at a time: `if not exists` looks before it locks. */
const makerLock = 4_100_004;
/** Another process attached it between our look and our statement. */
const attached = "42809";

/** Marks what was counted of a day as seen by all: only then an index can answer without its table. Nothing else vacuums it. */
export async function vacuumDay(pool: Pool, ms: number): Promise<void> {
  const day = dayName(dayOf(ms));
  await pool.query(`vacuum (skip_database_stats) subscription_minute_${day}, subscription_hour_${day}`);
}

/** Of a day, notifications go first: without its steps one would be shown as waiting. */
const dropOrder = ["notification", "log", "event", "idempotency", "subscription_minute", "subscription_hour"] as const;

/** Drops every day that lies wholly before `beforeMs`; gives the names of the dropped partitions. */
export async function dropPartitions(pool: Pool, beforeMs: number): Promise<string[]> {
  await finalizeDetached(pool);
  const old = (await tablesOfDays(pool)).filter(({ endMs }) => endMs <= beforeMs);
  for (const { name, table, isPartition } of old) {
    if (isPartition) await pool.query(`alter table ${table} detach partition ${name} concurrently`);
    await pool.query(`drop table if exists ${name}`);
  }
  return old.map(({ name }) => name);
}

type DayTable = { readonly name: string; readonly table: string; readonly isPartition: boolean; readonly endMs: number };

/**
 * In the order in which they may go. Attached or not: whoever died between detaching a day and dropping it left a table that belongs
 * to nobody.
 */
async function tablesOfDays(pool: Pool): Promise<DayTable[]> {
  const { rows } = await pool.query<{ name: string; table: string; day: string; isPartition: boolean }>(
    String.raw`select relname as name, regexp_replace(relname, '_\d{8}$', '') as table, right(relname, 8) as day, relispartition as "isPartition"
      from pg_class where relkind = 'r' and relname ~ '_\d{8}$' and pg_table_is_visible(oid) order by right(relname, 8)`,
  );
  const endMs = (day: string): number => Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8))) + dayMs;
  return dropOrder
    .flatMap((table) => rows.filter((row) => row.table === table))
    .map(({ name, table, isPartition, day }) => ({ name, table, isPartition, endMs: endMs(day) }));
}

/** A detach whose session died leaves the partition pending, and every further detach is refused until it is finalized. */
async function finalizeDetached(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ parent: string; name: string }>(
    "select inhparent::regclass::text as parent, inhrelid::regclass::text as name from pg_inherits where inhdetachpending",
  );
  for (const { parent, name } of rows) {
    await pool.query(`alter table ${parent} detach partition ${name} finalize`);
    await pool.query(`drop table ${name}`);
  }
}
