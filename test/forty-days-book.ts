// A book of every notification that was ever made, kept from the outside: what became of it, and when it was last seen.
// Days that are dropped take their rows along, so the book must have seen each of their notifications over before.
import pg from "pg";
import { ended } from "@bellhop/contract/reasons";
import { madeAtMs } from "../server/src/domain/id.ts";

const dayMs = 86_400_000;
/** What happens is written within this time of its being due. */
const slackMs = 60_000;

export type Entry = {
  readonly id: string;
  readonly subscription: string;
  readonly delivered: boolean;
  readonly kind: "a" | "h" | "e" | null;
  readonly reason: string | null;
  readonly nextMs: number | null;
};

type Row = Omit<Entry, "nextMs"> & { next_ms: number | null };

export class Book {
  readonly entries = new Map<string, Entry>();
  readonly #client: pg.Client;
  readonly #holdDays: number;

  constructor(client: pg.Client, holdDays: number) {
    this.#client = client;
    this.#holdDays = holdDays;
  }

  async read(): Promise<void> {
    const { rows } = await this.#client.query<Row>(
      `select n.id, s.url as subscription, l.kind::text as kind, l.reason, extract(epoch from l.next_at)::float8 * 1000 as next_ms,
         exists (select from log d where d.notification = n.id and d.kind = 'a' and d.reason is null) as delivered
       from notification n join subscription s on s.ref = n.subscription
       left join lateral (select * from log where log.notification = n.id order by step desc limit 1) l on true`,
    );
    for (const { next_ms: nextMs, ...row } of rows) this.entries.set(row.id, { ...row, nextMs });
  }

  get open(): Entry[] {
    return [...this.entries.values()].filter((entry) => !entry.delivered && entry.kind !== "e");
  }

  /** Reasons that nobody can look up. */
  get unknownReasons(): string[] {
    return [...this.entries.values()].flatMap(({ delivered, kind, reason }) =>
      !delivered && kind === "e" && !(reason !== null && reason in ended) ? [String(reason)] : [],
    );
  }

  /** What should have had its next step by `nowMs`: a retry, the end of a hold, the end of everything. */
  late(nowMs: number): Entry[] {
    const atMs = nowMs - slackMs;
    return this.open.filter(({ id, kind, nextMs }) => {
      const ageMs = atMs - madeAtMs(id);
      const isHeldTooLong = kind === "h" && ageMs > this.#holdDays * dayMs;
      return kind === null || (nextMs !== null && nextMs < atMs) || isHeldTooLong || ageMs > (this.#holdDays + 5) * dayMs;
    });
  }

  /** How many ended how. */
  get fates(): Record<string, number> {
    const fates: Record<string, number> = {};
    for (const { delivered, kind, reason } of this.entries.values()) {
      const fate = delivered ? "delivered" : kind === "e" ? String(reason) : "open";
      fates[fate] = (fates[fate] ?? 0) + 1;
    }
    return fates;
  }

  /** Days of which the flow tables still have a partition, in milliseconds since 1970. */
  async days(): Promise<number[]> {
    const { rows } = await this.#client.query<{ name: string }>("select inhrelid::regclass::text as name from pg_inherits");
    const days = rows.flatMap(({ name }) => /_(\d{4})(\d{2})(\d{2})$/.exec(name)?.slice(1).map(Number) ?? []);
    return Array.from({ length: days.length / 3 }, (_, at) =>
      Date.UTC(days[3 * at] as number, (days[3 * at + 1] as number) - 1, days[3 * at + 2]),
    );
  }
}

export async function openBook(t: { after(work: () => Promise<void>): void }, databaseUrl: string, holdDays: number): Promise<Book> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => undefined);
  await client.connect();
  t.after(() => client.end());
  return new Book(client, holdDays);
}
