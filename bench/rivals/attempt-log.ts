// One row for each attempt, as each team with webhooks keeps them, written together with the others of the same moment.
import type pg from "pg";

export type Attempt = {
  readonly notification: string;
  readonly subscription: number;
  readonly attempt: number;
  readonly at: Date;
  readonly status: number | null;
  readonly failure: string | null;
  readonly totalUs: number;
};

const flushMs = 20;

export class AttemptLog {
  readonly #pool: pg.Pool;
  #rows: Attempt[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async create(): Promise<void> {
    await this.#pool.query(`
      create table attempt (
        id bigint generated always as identity primary key,
        notification uuid not null,
        subscription int4 not null,
        attempt int4 not null,
        at timestamptz not null,
        status int4,
        failure text,
        total_us int4 not null
      );
      create index on attempt (notification);
      create index on attempt (subscription, at)`);
  }

  add(row: Attempt): void {
    this.#rows.push(row);
    this.#timer ??= setTimeout(() => {
      this.#flushing = this.#flush();
    }, flushMs);
  }

  async count(): Promise<number> {
    const { rows } = await this.#pool.query<{ count: number }>("select count(*)::int4 as count from attempt");
    return rows[0]?.count ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await this.#flushing;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    this.#timer = null;
    if (rows.length === 0) return;
    const column = <K extends keyof Attempt>(name: K): Attempt[K][] => rows.map((row) => row[name]);
    await this.#pool.query({
      name: "log",
      text: `
        insert into attempt (notification, subscription, attempt, at, status, failure, total_us)
        select * from unnest($1::uuid[], $2::int4[], $3::int4[], $4::timestamptz[], $5::int4[], $6::text[], $7::int4[])`,
      values: [
        column("notification"),
        column("subscription"),
        column("attempt"),
        column("at"),
        column("status"),
        column("failure"),
        column("totalUs"),
      ],
    });
  }
}
