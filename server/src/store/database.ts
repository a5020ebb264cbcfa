// The connections of a process, by purpose. They are named and never shared: publishing that takes all of its own can
// never starve recording, or the queue could not drain just when it is full.
import pg from "pg";
import { Unreachable } from "./sql.ts";

const int8Oid = 20;
const connectTimeoutMs = 5_000;
const flowTimeoutMs = 5_000;
const readTimeoutMs = 2_000;
const controlTimeoutMs = 10_000;
/** So much later than the server's own deadline for a statement is the client's. */
const silentMs = 1_000;

export type Database = {
  readonly publish: pg.Pool;
  readonly record: pg.Pool;
  readonly scan: pg.Pool;
  readonly read: pg.Pool;
  readonly control: pg.Pool;
  readonly url: string;
  close(): Promise<void>;
};

/** Pages are read in an index's order and stop early. Without statistics the planner would sort a whole bitmap instead. */
const ordered = "-c enable_bitmapscan=off -c enable_seqscan=off";

/**
 * The same statement thousands of times a minute, over a month of partitions: planning it anew each time cost several times
 * what running it does (7 ms a commit with 34 days).
 */
const planned = "-c plan_cache_mode=force_generic_plan";

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === int8Oid && format !== "binary" ? Number : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig["getTypeParser"],
};

export function openDatabase(url: string, onError: (error: Error) => void): Database {
  let closing = false;
  const pool = (name: string, max: number, config: pg.PoolConfig): pg.Pool => {
    const made = new pg.Pool({
      connectionString: url,
      application_name: `bellhop ${name}`,
      max,
      connectionTimeoutMillis: connectTimeoutMs,
      idle_in_transaction_session_timeout: flowTimeoutMs,
      idleTimeoutMillis: 0,
      types,
      ...config,
    });
    // A connection that is being closed may still hear that its database stops.
    made.on("error", (error) => {
      if (!closing) onError(error);
    });
    return made;
  };
  const hot = (name: string, max: number, options: string): pg.Pool =>
    cutSilent(pool(name, max, { statement_timeout: flowTimeoutMs, options }), flowTimeoutMs + silentMs);
  const calm = (timeoutMs: number): pg.PoolConfig => ({ statement_timeout: timeoutMs, query_timeout: timeoutMs + silentMs });
  const pools = {
    publish: hot("publish", 2, planned),
    record: hot("record", 1, planned),
    scan: hot("scan", 1, `${planned} ${ordered}`),
    read: pool("read", 2, { ...calm(readTimeoutMs), options: ordered }),
    control: pool("control", 2, calm(controlTimeoutMs)),
  };
  const close = async (): Promise<void> => {
    closing = true;
    await Promise.all(Object.values(pools).map((each) => each.end()));
  };
  return { ...pools, url, close };
}

/**
 * The client's own deadline, for a database that no longer answers at all. Where there are thousands of statements a second it is not
 * pg's `query_timeout` (see `ask` in sql.ts), but that of the loan: a connection is lent for a statement, seldom for a few.
 */
function cutSilent(pool: pg.Pool, afterMs: number): pg.Pool {
  const lent = new Map<pg.PoolClient, NodeJS.Timeout>();
  const cut = (client: pg.PoolClient): void => void (client as unknown as { connection: pg.Connection }).connection.stream.destroy();
  pool.on("acquire", (client) => lent.set(client, setTimeout(cut, afterMs, client)));
  pool.on("release", (_error, client) => clearTimeout(lent.get(client)));
  pool.on("remove", (client) => lent.delete(client));
  return pool;
}

/** What the client says of a database that is not there, went away, or does not answer. */
const outageMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;
/** 57014 is what the server says of a statement that took too long. */
const outageCodes = /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|08\w{3}|57P\d\d|57014|53300)$/;

/** The database could not be asked, or gave no answer in time: the same may work in a moment. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Unreachable) return true;
  return outageMessages.test(error.message) || outageCodes.test((error as { code?: string }).code ?? "");
}

export async function isReachable(database: Database): Promise<boolean> {
  return database.read.query("select 1").then(
    () => true,
    () => false,
  );
}
