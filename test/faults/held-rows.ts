// Holds by the ten thousand, written as the program would have written them for a subscription that was paused long ago.
import pg from "pg";

const insertAtOnce = 50_000;
/** They were held evenly over the last hour, the last just now. */
const spanMs = 3_600_000;

type Spread = { readonly startMs: number; readonly everyUs: number };

export class HeldRows {
  readonly #client: pg.Client;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  /** While the program does not run. `queue`: one of the subscription's queues of holds. */
  async insert(subscription: string, workspace: string, count: number): Promise<void> {
    const startMs = Date.now() - spanMs;
    const everyUs = Math.floor((spanMs * 1000) / count);
    for (let from = 0; from < count; from += insertAtOnce)
      await this.#insert(subscription, workspace, { startMs, everyUs }, from, Math.min(count, from + insertAtOnce) - 1);
    // What was made before its app was installed is over.
    await this.#client.query("update installation set created_at = created_at - interval '2 hours'");
    // As if they had all been scanned.
    await this.#client.query("update shard set checkpoint = pg_current_snapshot()");
    await this.#client.query("analyze event, notification, log");
  }

  /** Ids of three notifications of the many, such as are drained last. */
  async some(subscription: string): Promise<string[]> {
    const { rows } = await this.#client.query<{ id: string }>(
      `select id from notification where subscription = (select ref from subscription where id = $1)
       order by id desc limit 3 offset 200`,
      [subscription],
    );
    return rows.map(({ id }) => `notif_${id}`);
  }

  /** How many have ended for which reason; held: those that have no end yet. */
  async ends(subscription: string): Promise<Record<string, number>> {
    const { rows } = await this.#client.query<{ reason: string; count: string }>(
      `select coalesce(ended.reason, 'held') as reason, count(*) as count
       from log held left join log ended on ended.notification = held.notification and ended.step = 2
       where held.subscription = (select ref from subscription where id = $1) and held.kind = 'h' and held.step = 1 and held.reason = 'paused'
       group by 1`,
      [subscription],
    );
    return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
  }

  async #insert(subscription: string, workspace: string, { startMs, everyUs }: Spread, from: number, to: number): Promise<void> {
    await this.#client.query(
      `with given as materialized (
         select n, $3::int8 + n * $6::int8 / 1000 as ms from generate_series($4::int8, $5::int8) n),
       named as materialized (
         select n, ms, lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(n % 1000), 3, '0') || '8' || lpad(to_hex(n), 11, '0') as head from given),
       owner as materialized (
         select s.ref as subscription, s.app, w.ref as workspace from subscription s, workspace w where s.id = $1 and w.external_id = $2),
       events as (
         insert into event (id, workspace, topic, item, created_at, notified)
         select (head || '0000')::uuid, workspace, 'ticket.created', '{"type":"ticket","id":"held"}', to_timestamp(ms / 1000.0), 1 from named, owner),
       notifications as (
         insert into notification (id, event, subscription, app, workspace, shard, rank, topic, api_version)
         select (head || '0001')::uuid, (head || '0000')::uuid, subscription, app, workspace, 0, 0, 'ticket.created', '2.15' from named, owner)
       insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, queue, position, node)
       select (head || '0001')::uuid, 1, 'h', subscription, 0, to_timestamp(ms / 1000.0), 'paused', 0, 0, 0, $3::int8 * 1000 + n * $6::int8, 1 from named, owner`,
      [subscription, workspace, startMs, from, to, everyUs],
    );
  }
}

export async function openHeldRows(t: { after(work: () => Promise<void>): void }, databaseUrl: string): Promise<HeldRows> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => undefined);
  await client.connect();
  t.after(() => client.end());
  return new HeldRows(client);
}
