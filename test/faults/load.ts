// Publishing that does not wait for answers, as many callers at once would do it: single events and batches as NDJSON, a
// third of them with idempotency keys. It keeps its own book of what became of each event.
import { setTimeout as pause } from "node:timers/promises";
import type { TestContext } from "node:test";
import { eventually } from "../eventually.ts";
import { adminKey } from "../program.ts";
import type { Program } from "../program.ts";

/** `unknown`: the connection broke, or the answer said so; the event may exist or not. */
export type Outcome = "acknowledged" | "refused" | "unknown";
export type Published = {
  readonly object: string;
  readonly topic: string;
  readonly key: string | null;
  outcome: Outcome;
  event: string | null;
};
/** One answer of the API: the codes are of the problem, or of a batch's refused lines. */
export type PublishAnswer = {
  readonly status: number;
  readonly codes: readonly string[];
  readonly retryAfter: string | null;
};

type Line = { id?: string; code?: string };
type Body = Line & { results?: Line[] };

const everyMs = 12;
const batchEvents = 10;
/** Requests without an answer; beyond it the next waits, so that a stopped program is not met by a flood. */
const openMax = 30;
const hangsAfterMs = 60_000;
/** A caller that was not answered waits before it calls again. */
const notAnsweredPauseMs = 250;

export class Load {
  readonly published = new Map<string, Published>();
  readonly answers: PublishAnswer[] = [];
  readonly #program: Program;
  readonly #workspace: string;
  topics: readonly string[];
  readonly #open = new Set<Promise<void>>();
  #running: Promise<void> | null = null;
  #stopping = false;
  #count = 0;

  constructor(program: Program, workspace: string, topics: readonly string[]) {
    this.#program = program;
    this.#workspace = workspace;
    this.topics = topics;
  }

  get acknowledged(): Published[] {
    return [...this.published.values()].filter(({ outcome }) => outcome === "acknowledged");
  }

  /** Returns once so many more were acknowledged. */
  async moreAcknowledged(count: number): Promise<void> {
    const before = this.acknowledged.length;
    await eventually(() => (this.acknowledged.length >= before + count ? true : null));
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends when every request under way has its answer. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    await Promise.all(this.#open);
  }

  /** Publishes events again that were published with a key: each must exist once afterwards. */
  async repeat(events: readonly Published[]): Promise<void> {
    for (let from = 0; from < events.length; from += batchEvents) await this.#send(events.slice(from, from + batchEvents), true);
  }

  /** `count` new events in one batch. */
  async publish(count: number): Promise<void> {
    await this.#send(
      Array.from({ length: count }, () => this.#make()),
      true,
    );
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#stopping; turn++) {
      const batch = turn % 2 === 1;
      const events = Array.from({ length: batch ? batchEvents : 1 }, () => this.#make());
      const sending = this.#send(events, batch).finally(() => this.#open.delete(sending));
      this.#open.add(sending);
      if (this.#open.size >= openMax) await Promise.race(this.#open);
      await pause(everyMs);
    }
  }

  #make(): Published {
    const number = this.#count++;
    const topic = this.topics[number % this.topics.length] as string;
    const made: Published = {
      object: `o${number}`,
      topic,
      key: number % 3 === 0 ? `key-${number}` : null,
      outcome: "unknown",
      event: null,
    };
    this.published.set(made.object, made);
    return made;
  }

  async #send(events: readonly Published[], batch: boolean): Promise<void> {
    const lines = events.map((event) => JSON.stringify(documentOf(event, this.#workspace)));
    try {
      const answer = await fetch(`${this.#program.url}/v1/events${batch ? "/batch" : ""}`, {
        method: "POST",
        headers: { authorization: `Bearer ${adminKey}`, "content-type": batch ? "application/x-ndjson" : "application/json" },
        body: lines.join("\n"),
        signal: AbortSignal.timeout(hangsAfterMs),
      });
      const body = (await answer.json()) as Body;
      const results = body.results ?? [body];
      const codes = results.flatMap(({ code }) => (code === undefined ? [] : [code]));
      this.answers.push({ status: answer.status, codes, retryAfter: answer.headers.get("retry-after") });
      for (const [index, event] of events.entries()) settle(event, results[index] ?? {});
    } catch (error) {
      // The program was killed before it answered; one that only hangs fails the test.
      if ((error as Error).name === "TimeoutError") throw error;
      await pause(notAnsweredPauseMs);
    }
  }
}

/** Publishes until it is stopped, at the latest at the end of the test. */
export function startLoad(t: TestContext, program: Program, workspace: string, topics: readonly string[]): Load {
  const load = new Load(program, workspace, topics);
  t.after(() => load.stop());
  load.start();
  return load;
}

function documentOf({ object, topic, key }: Published, workspace: string): object {
  const event = { workspace_id: workspace, topic, item: { type: "ticket", id: object } };
  return key === null ? event : { ...event, idempotency_key: key };
}

function settle(event: Published, { id, code }: Line): void {
  if (event.outcome === "acknowledged") return;
  event.outcome = id !== undefined ? "acknowledged" : code === undefined || code === "outcome_unknown" ? "unknown" : "refused";
  event.event = id ?? null;
}
