// Which process owns the shards, and from where a successor goes on. Every start is a new epoch; whoever writes to the log
// proves that its epoch is alive. One process owns all shards; the rows are per shard so that they can be divided.
import type { Client } from "pg";
import { one, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** Session lock: held by the one process that delivers from this database. */
const ownerLock = 4_100_003;

export async function tryOwn(on: Client): Promise<boolean> {
  const row = await one<{ held: boolean }>(on, sql`select pg_try_advisory_lock(${ownerLock}) as held`);
  return row?.held === true;
}

export type Ownership = { epoch: number; checkpoint: string; checkpointAtMs: number; followedUntilMs: number };

/** The epoch that owns the shards, dead or alive; null before the first. */
export async function ownerNow(on: Client): Promise<number | null> {
  const row = await one<{ owner: number | null }>(on, sql`select max(owner) as owner from shard`);
  return row?.owner ?? null;
}

/**
 * Makes a new epoch, declares all earlier ones dead (waiting for their running flush: `for update` conflicts with the
 * fence's `for key share`, a plain update would not), and takes the shards with the oldest checkpoint among them.
 */
export async function takeOver(on: Client, userAgent: string): Promise<Ownership> {
  await on.query("begin");
  try {
    await run(on, sql`select 1 from node where not dead for update`);
    await run(on, sql`update node set dead = true where not dead`);
    const node = (await one<{ epoch: number }>(on, sql`insert into node (user_agent) values (${userAgent}) returning epoch`)) as {
      epoch: number;
    };
    await run(on, sql`update shard set owner = ${node.epoch}`);
    const from = await one<{ checkpoint: string; at: number; followed: number }>(
      on,
      sql`select checkpoint::text as checkpoint, extract(epoch from checkpoint_at)::float8 * 1000 as at, extract(epoch from followed_until)::float8 * 1000 as followed
          from shard order by pg_snapshot_xmin(checkpoint), pg_snapshot_xmax(checkpoint) limit 1`,
    );
    await on.query("commit");
    if (!from) throw new Error("The table shard has no rows.");
    return { epoch: node.epoch, checkpoint: from.checkpoint, checkpointAtMs: from.at, followedUntilMs: from.followed };
  } catch (error) {
    await on.query("rollback").catch(() => undefined);
    throw error;
  }
}

/** One beat; false when another process has declared this one dead. */
export async function beat(on: Connection, epoch: number): Promise<boolean> {
  return (await run(on, sql`update node set beat = beat + 1 where epoch = ${epoch} and not dead`)) === 1;
}

/** Moves the checkpoint forward: everything visible in `snapshot` has a step, every retry due before `followedUntilMs` has its next. */
export async function writeCheckpoint(
  on: Connection,
  epoch: number,
  snapshot: string,
  atMs: number,
  followedUntilMs: number,
): Promise<void> {
  await run(
    on,
    sql`
    with fence as materialized (select 1 from node where epoch = ${epoch} and not dead for key share)
    update shard set checkpoint = ${snapshot}::pg_snapshot, checkpoint_at = to_timestamp(${atMs}::float8 / 1000),
      followed_until = to_timestamp(${followedUntilMs}::float8 / 1000)
    where owner = ${epoch} and exists (select from fence)`,
  );
}

/** How far a queue of holds of a subscription was drained. */
export async function writeHoldCursor(on: Connection, epoch: number, subscription: number, queue: number, position: number): Promise<void> {
  await run(
    on,
    sql`
    with fence as materialized (select 1 from node where epoch = ${epoch} and not dead for key share)
    insert into subscription_state (subscription, hold_cursors)
      select ${subscription}::int4, jsonb_build_object(${String(queue)}::text, ${position}::int8) where exists (select from fence)
    on conflict (subscription) do update set hold_cursors = subscription_state.hold_cursors || excluded.hold_cursors`,
  );
}
