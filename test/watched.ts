// A subscription of its own app in its own workspace, watched from both sides: what its endpoint saw, and what the log, the
// state and the history tell of it.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Notification, NotificationEntry, NotificationList } from "@bellhop/contract/notifications";
import type { StateChange, SubscriptionView } from "@bellhop/contract/subscriptions";
import { eventually } from "./eventually.ts";
import type { Installed, TestProgram, Wanted } from "./in-process.ts";
import { makeLedger } from "./ledger.ts";
import type { Answer, Entry, Ledger } from "./ledger.ts";

const topic = "ticket.created";
const pageSize = 100;
const batchMax = 1_000;

/** A request as its endpoint saw it: when by the program's clock, and how many were open with it. */
export type Arrival = { readonly entry: Entry; readonly atMs: number; readonly open: number };

export class Watched {
  readonly installed: Installed;
  readonly ledger: Ledger;
  readonly #program: TestProgram;
  readonly #arrivals: Arrival[] = [];
  /** What the endpoint answers; `never` until the ledger is released. */
  status: number | "never" = 200;
  /** What it answers first, one request each. */
  first: number[] = [];
  /** What it answers to the nth that was published, whatever else it answers. */
  readonly always = new Map<string, number>();
  pingStatus = 200;
  retryAfterS: number | null = null;
  #published = 0;

  constructor(program: TestProgram, installed: Installed, ledger: Ledger) {
    this.#program = program;
    this.installed = installed;
    this.ledger = ledger;
    ledger.secret = installed.secret;
    ledger.answer = (entry) => {
      this.#arrivals.push({ entry, atMs: program.nowMs, open: ledger.open.length });
      return this.#answerTo(entry);
    };
  }

  #answerTo({ topic: name, object }: Entry): Answer {
    if (name === "ping") return { status: this.pingStatus };
    const status = this.always.get(object) ?? this.first.shift() ?? this.status;
    if (status === "never") return status;
    return { status, ...(this.retryAfterS === null ? {} : { retryAfterS: this.retryAfterS }) };
  }

  get path(): string {
    return `/v1/apps/${this.installed.app}/subscriptions/${this.installed.subscription}`;
  }

  /** Requests for notifications, oldest first: pings are left out. */
  get arrivals(): readonly Arrival[] {
    return this.#arrivals.filter(({ entry }) => entry.topic !== "ping");
  }

  get pings(): number {
    return this.#arrivals.length - this.arrivals.length;
  }

  show(): Promise<SubscriptionView> {
    return this.#program.must<SubscriptionView>("GET", this.path);
  }

  async states(): Promise<StateChange[]> {
    return (await this.#program.must<{ data: StateChange[] }>("GET", `${this.path}/states`)).data;
  }

  pause(until?: string): Promise<SubscriptionView> {
    return this.#program.must<SubscriptionView>("POST", `${this.path}/pause`, until === undefined ? {} : { until });
  }

  setLive(held: "send" | "discard"): Promise<SubscriptionView> {
    return this.#program.must<SubscriptionView>("POST", `${this.path}/set-live`, { held });
  }

  async publish(times: number): Promise<void> {
    const workspace_id = this.installed.workspace;
    for (let left = times; left > 0; left -= batchMax) {
      const one = (): string => JSON.stringify({ workspace_id, topic, item: { id: String(++this.#published) } });
      await this.#program.publishLines(Array.from({ length: Math.min(left, batchMax) }, one));
    }
  }

  /** Publishes one, and gives the reasons for which nothing was made of it. */
  async skipped(): Promise<Record<string, number>> {
    return (await this.#program.publish({ workspace_id: this.installed.workspace, topic, item: { id: String(++this.#published) } }))
      .skipped;
  }

  /** The subscription, once it is in this state. */
  entered(state: SubscriptionView["state"], cause?: string): Promise<SubscriptionView> {
    return eventually(async () => {
      const seen = await this.show();
      assert.deepEqual([seen.state, cause === undefined ? undefined : seen.state_cause], [state, cause]);
      return seen;
    });
  }

  /** Waits until the endpoint has seen this many requests in all. */
  async requested(count: number): Promise<void> {
    await eventually(() => (this.arrivals.length >= count ? true : null));
  }

  async log(status?: string): Promise<NotificationEntry[]> {
    const entries: NotificationEntry[] = [];
    const question = `subscription=${this.installed.subscription}&limit=${pageSize}${status === undefined ? "" : `&status=${status}`}`;
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: NotificationList = await this.#program.must<NotificationList>(
        "GET",
        `/v1/notifications?${question}${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      entries.push(...page.data);
      cursor = page.next_cursor;
    }
    return entries;
  }

  /** What became of all notifications: "status reason" -> how many. The list, its filter and one of each alone say the same. */
  async fates(): Promise<Record<string, number>> {
    const byFate = Object.groupBy(await this.log(), fateOf);
    for (const status of new Set(Object.values(byFate).flatMap((entries) => entries?.[0]?.status ?? []))) {
      const filtered = Object.groupBy(await this.log(status), fateOf);
      const expected = Object.entries(byFate).filter(([, entries]) => entries?.[0]?.status === status);
      assert.deepEqual(counts(filtered), counts(Object.fromEntries(expected)), `the list by status ${status}`);
    }
    for (const [fate, [entry]] of Object.entries(byFate) as [string, NotificationEntry[]][]) {
      const alone = await this.#program.must<NotificationEntry>("GET", `/v1/notifications/${(entry as NotificationEntry).id}`);
      assert.equal(fateOf(alone), fate, "one notification alone");
    }
    return counts(byFate);
  }

  /** What the newest entry of a notification's timeline is. */
  async lastStep(id: string): Promise<string | undefined> {
    return (await this.#program.must<Notification>("GET", `/v1/notifications/${id}`)).timeline.at(-1)?.kind;
  }

  /** Waits until what became of all is this. */
  async become(expected: Record<string, number>): Promise<void> {
    await eventually(async () => {
      assert.deepEqual(await this.fates(), expected);
      return true;
    });
  }
}

export async function watch(t: TestContext, program: TestProgram, wanted: Omit<Wanted, "topics" | "url"> = {}): Promise<Watched> {
  const ledger = await makeLedger(t);
  const installed = await program.makeInstalled({ topics: [topic], url: `${ledger.url}/hooks`, ...wanted });
  return new Watched(program, installed, ledger);
}

const fateOf = ({ status, reason }: NotificationEntry): string => (reason === null ? status : `${status} ${reason}`);

function counts(grouped: Partial<Record<string, readonly unknown[]>>): Record<string, number> {
  return Object.fromEntries(Object.entries(grouped).map(([fate, entries]) => [fate, entries?.length ?? 0]));
}
