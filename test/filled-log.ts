// A log as it is after some busy days, written by SQL at once: what pages are asked about when they are counted and timed. A running
// program takes none of it for its own work, and knows the apps once the next change of control data is made through it.
import pg from "pg";
import { createSeal } from "../server/src/store/seal.ts";
import { makePartitions, vacuumDay } from "../server/src/store/partitions.ts";

export const dayMs = 86_400_000;
export const notificationsPerEvent = 4;
/** Of one statement; only ends hangs. */
const withinMs = 300_000;

const idOf = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(16, "0")}`;

/** The busiest app and its busiest subscription; that of a subscription that always fails; one to which nothing happens. */
export const filled = {
  busy: { app: idOf("app", 1), subscription: idOf("sub", 1) },
  failing: { app: idOf("app", 2), subscription: idOf("sub", 51) },
  quiet: { app: idOf("app", 20), subscription: idOf("sub", 69) },
} as const;
const apps = 20;

export type LogShape = { readonly fromMs: number; readonly days: number; readonly eventsPerDay: number };

/** A million notifications over five days. */
export const million = { days: 5, eventsPerDay: 50_000 } as const;

/** `encryptionKey`: of the program, which opens the secrets of all apps that it knows. */
export async function fillLog(databaseUrl: string, encryptionKey: Buffer, shape: LogShape): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: shape.days, query_timeout: withinMs });
  try {
    await fill(pool, encryptionKey, shape);
  } finally {
    await pool.end();
  }
}

async function fill(pool: pg.Pool, encryptionKey: Buffer, shape: LogShape): Promise<void> {
  const { fromMs, days } = shape;
  const toMs = fromMs + days * dayMs;
  await makePartitions(pool, fromMs, toMs);
  await pool.query(control);
  await sealSecrets(pool, encryptionKey);
  // Last: a program that looks before has not heard of apps that have no secret yet.
  await pool.query("update control_version set version = version + 1");
  await Promise.all(Array.from({ length: days }, (_, day) => pool.query(dayOfFlow(fromMs + day * dayMs, shape.eventsPerDay))));
  await pool.query(counters(fromMs, toMs));
  // As each hour leaves its day.
  for (let atMs = fromMs; atMs < toMs + dayMs; atMs += dayMs) await vacuumDay(pool, atMs);
  await pool.query("analyze");
}

// 200 workspaces; app 1 has 50 subscriptions of which 30 never get anything, app 2 has one that always fails, apps 3 to
// 20 have one each, the last of which gets nothing. App 1 is installed everywhere, each other one in ten workspaces.
const control = `
  insert into workspace (id, external_id, name, kind, region, version)
    select 'w' || n, 'customer-' || n, 'Customer ' || n, 'paid', 'us', version + 1 from control_version, generate_series(1, 200) n order by n;
  insert into app (id, owner, name, description, visibility, api_version, permissions, redirect_urls, client_id, version)
    select 'app_' || lpad(n::text, 16, '0'), 1, 'App ' || n, '', 'public', '2.14', '{read_tickets}', '{}', 'client' || n, version + 1
    from control_version, generate_series(1, ${apps}) n order by n;
  insert into installation (app, workspace, permissions, version)
    select a, w, '{read_tickets}', version + 1 from control_version, generate_series(1, ${apps}) a, generate_series(1, 200) w where a = 1 or w % ${apps} = a - 1;
  insert into subscription (id, app, url, topics, topics_off, policy, signatures, ordered, metadata, header_names, version)
    select 'sub_' || lpad(n::text, 16, '0'), case when n <= 50 then 1 else n - 49 end, 'https://hooks-' || n || '.example.com/webhooks',
      '{ticket.created}', '{}', '{}', '{}', false, '{}', '{}', version + 1
    from control_version, generate_series(1, 69) n order by n;`;

async function sealSecrets(pool: pg.Pool, encryptionKey: Buffer): Promise<void> {
  const seal = createSeal(encryptionKey);
  const sealed = Array.from({ length: apps }, (_, index) => seal.seal("a-client-secret", `secret:${idOf("app", index + 1)}:1`));
  await pool.query(
    "insert into secret (app, number, sealed) select app, 1, sealed from unnest($1::bytea[]) with ordinality s (sealed, app)",
    [sealed],
  );
}

/**
 * Notification k of an event: a hot subscription, one of app 1's, the failing one in 1 of 25, one of the other apps'. Their transaction
 * is one that was scanned before the program began, and what is planned next was planned for a time that is over: nothing is sent.
 */
const dayOfFlow = (fromMs: number, events: number): string => `
  create temporary table made as
    select n, to_timestamp(ms / 1000.0) as at,
      ('0' || to_hex(ms) || '70008' || lpad(to_hex(n * 7919 % 4096), 3, '0') || '00000000')::text as head
    from generate_series(0, ${events - 1}) n, lateral (select ${fromMs}::int8 + (n::float8 * ${dayMs / events})::int8 as ms) t;
  insert into event (id, workspace, topic, item, created_at, object_id, notified)
    select (head || '0000')::uuid, 1 + n * 31 % 200, 'ticket.created', repeat('x', 500 + n % 1000), at, 'object-' || n % 5000, ${notificationsPerEvent}
    from made order by n;
  insert into notification (id, event, subscription, app, workspace, shard, rank, topic, api_version, xid)
    select (head || '000' || k)::uuid, (head || '0000')::uuid, s, case when s <= 50 then 1 else s - 49 end, 1 + n * 31 % 200, 0, 0,
      case when n % 100 = 0 then 'contact.deleted' else 'ticket.created' end, '2.14', '3'::xid8
    from made, generate_series(1, ${notificationsPerEvent}) k,
      lateral (select case k when 1 then 1 when 2 then 2 + n % 19 when 3 then case when n % 25 = 0 then 51 else 52 end else 53 + n % 16 end as s) l
    order by n, k;
  insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, first_sent_at, next_at, status, total_us, node)
    select (head || '000' || k)::uuid, 1, case when fate = 95 then 'h' when fate in (96, 97) then 'e' else 'a' end, s, 0, at,
      case when fate = 95 then 'backlog' when fate = 96 then 'discarded' when fate = 97 then 'canceled' when fate >= 90 or s = 51 then 'status' end,
      case when fate in (95, 96, 97) then 0 else 1 end, 0, at, case when (fate >= 90 and fate <> 96 and fate <> 97) or s = 51 then at - interval '1 day' end,
      case when fate in (95, 96, 97) then null when fate >= 90 or s = 51 then 503 else 200 end, 12000, 1
    from made, generate_series(1, ${notificationsPerEvent}) k,
      lateral (select case k when 1 then 1 when 2 then 2 + n % 19 when 3 then case when n % 25 = 0 then 51 else 52 end else 53 + n % 16 end as s) l,
      lateral (select (n * 4 + k) * 7 % 100 as fate) f
    order by n, k;
  insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, first_sent_at, next_at, status, total_us, node)
    select notification, r, case when r = 11 then 'e' else 'a' end, subscription, 0, at,
      case when r = 11 then 'attempts_exhausted' else 'status' end, least(r, 10), 0, at, case when r < 10 then at - interval '1 day' end, 503, 12000, 1
    from log, generate_series(2, 11) r
    where notification >= (select (min(head) || '0000')::uuid from made) and notification <= (select (max(head) || 'ffff')::uuid from made)
      and step = 1 and status = 503 and subscription = 51
    order by r, notification;
  insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, first_sent_at, status, total_us, node)
    select notification, 2, 'a', subscription, 0, at, null, 2, 1, at, 200, 12000, 1 from log
    where notification >= (select (min(head) || '0000')::uuid from made) and notification <= (select (max(head) || 'ffff')::uuid from made)
      and step = 1 and status = 503 and subscription <> 51 and random() < 0.5
    order by notification;
  drop table made;`;

/** Minutes of the last day and hours of all of them, for those to whom something happens. */
const counters = (fromMs: number, toMs: number): string => {
  const columns = "made, attempts, delivered, failed, ended, held, latency";
  const counts = (times: number): string => {
    const each = `case when s = 1 then ${35 * times} else ${2 * times} end`;
    return `${each}, ${each}, ${each}, 0, 0, 0, array_fill(${3 * times}, array[16])`;
  };
  const busy = "(select s from generate_series(1, 68) s where s <= 20 or s > 50) busy";
  return `
    insert into subscription_minute (at, subscription, epoch, ${columns})
      select to_timestamp(m * 60), s, 1, ${counts(1)}
      from generate_series(${Math.floor((toMs - dayMs) / 60_000)}, ${Math.floor(toMs / 60_000) - 1}) m, ${busy} order by m, s;
    insert into subscription_hour (at, subscription, ${columns})
      select to_timestamp(h * 3600), s, ${counts(60)}
      from generate_series(${Math.floor(fromMs / 3_600_000)}, ${Math.floor(toMs / 3_600_000) - 1}) h, ${busy} order by h, s;`;
};
