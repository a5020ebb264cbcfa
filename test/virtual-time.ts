// A database whose clock can be set ahead: its `now()` is the real one and an offset. With the process's clock moved by
// the same, weeks pass in seconds, and everything that is due comes due.
import pg from "pg";

export type VirtualTime = {
  readonly wallMs: () => number;
  /** Sets both clocks ahead. */
  advance(ms: number): Promise<void>;
};

/** To be called before anything else connects to the database. */
export async function virtualTime(databaseUrl: string): Promise<VirtualTime> {
  let offsetMs = 0;
  await onDatabase(
    databaseUrl,
    `create schema virtual;
     create table virtual.clock (ahead interval not null);
     insert into virtual.clock values ('0');
     create function virtual.now() returns timestamptz stable language sql
       return pg_catalog.now() + (select ahead from virtual.clock);
     create function virtual.clock_timestamp() returns timestamptz volatile language sql
       return pg_catalog.clock_timestamp() + (select ahead from virtual.clock);
     do $$ begin
       execute format('alter database %I set search_path = virtual, pg_catalog, public', current_database());
     end $$`,
  );
  return {
    wallMs: () => Date.now() + offsetMs,
    async advance(ms) {
      await onDatabase(databaseUrl, `update virtual.clock set ahead = ahead + interval '${ms} milliseconds'`);
      offsetMs += ms;
    },
  };
}

async function onDatabase(url: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}
