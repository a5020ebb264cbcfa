// A subscription's state as a story: what happens when, and what is then to be seen. Chapters of such rows are the
// tests of the rules; seven days run in a millisecond.
import assert from "node:assert/strict";
import test from "node:test";
import type { AttemptFailure } from "@bellhop/contract/reasons";
import { gateOf, healthy, step } from "../server/src/domain/health.ts";
import type { Health, HealthChange, HealthInput, HealthRules } from "../server/src/domain/health.ts";

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
export const start = Date.UTC(2026, 0, 1);
export const durable: HealthRules = { spaced: true, suspends: true };
export const intercom: HealthRules = { spaced: false, suspends: true };
export const publicApp: HealthRules = { spaced: true, suspends: false };

type Answered = { began?: number; retryAfter?: number; replay?: true };

/** One subscription, whose story is told in milliseconds since it was made. */
export class Story {
  readonly health: Health = healthy(start);
  readonly #rules: HealthRules;
  /** What the newest input has for the history. */
  change: HealthChange | null = null;
  changes: HealthChange[] = [];

  constructor(rules: HealthRules) {
    this.#rules = rules;
  }

  #step(input: HealthInput): this {
    this.change = step(this.health, input, this.#rules);
    if (this.change !== null) this.changes.push(this.change);
    return this;
  }

  /** The answer at `at` to a request that began a millisecond earlier, or at `began`. */
  answer(at: number, failure: AttemptFailure | null, { began = at - 1, retryAfter, replay }: Answered = {}): this {
    const times = { startedMs: start + began, nowMs: start + at };
    return this.#step({ kind: "answered", ...times, failure, retryAfterMs: retryAfter ?? null, counts: replay !== true });
  }

  success(at: number, more?: Answered): this {
    return this.answer(at, null, more);
  }

  fail(at: number, more?: Answered): this {
    return this.answer(at, "status", more);
  }

  fails(count: number, from: number, apart: number): this {
    for (let nth = 0; nth < count; nth++) this.fail(from + nth * apart);
    return this;
  }

  throttled(at: number, more?: Answered): this {
    return this.answer(at, "throttled", more);
  }

  time(at: number): this {
    return this.#step({ kind: "time", nowMs: start + at });
  }

  pause(at: number, until: number | null = null): this {
    return this.#step({ kind: "pause", nowMs: start + at, untilMs: until === null ? null : start + until });
  }

  setLive(at: number): this {
    return this.#step({ kind: "set_live", nowMs: start + at });
  }

  /** `open`, `one` at a time, `shut` for good, or until when in ms. */
  gate(at: number): "open" | "one" | "shut" | number {
    const { atOnce, opensAtMs } = gateOf(this.health, start + at);
    if (atOnce === 0) return opensAtMs === null ? "shut" : opensAtMs - start;
    return atOnce === 1 ? "one" : "open";
  }
}

/** Ten failures on the first, second and third day, as the suspension asks. */
export const threeBadDays = (story: Story): Story =>
  story
    .fails(4, hour, 2 * hour)
    .fails(3, day + hour, 2 * hour)
    .fails(3, 2 * day, 2 * hour);

export type Row = {
  says: string;
  rules?: HealthRules;
  tell: (story: Story) => Story;
  state: Health["state"];
  /** Of the newest change; null: the newest input changed nothing. Not given: not asked. */
  cause?: HealthChange["cause"] | null;
  /** End of the pause or the throttle's wait. */
  until?: number;
  gate?: [at: number, is: "open" | "one" | "shut" | number][];
  warned?: (1 | 3 | 5)[];
};

export function testChapter(chapter: string, rows: readonly Row[]): void {
  test(chapter, async (t) => {
    for (const row of rows) await t.test(row.says, () => check(row));
  });
}

function check({ rules = durable, tell, state, cause, until, gate = [], warned }: Row): void {
  const story = tell(new Story(rules));
  assert.equal(story.health.state, state);
  if (cause !== undefined) assert.equal(story.change?.cause ?? null, cause);
  if (until !== undefined) assert.equal((story.health.untilMs ?? 0) - start, until);
  for (const [at, is] of gate) assert.equal(story.gate(at), is, `the gate at ${at}`);
  const warnings = story.changes.filter(({ warningDay }) => warningDay !== null);
  if (warned !== undefined)
    assert.deepEqual(
      warnings.map(({ warningDay }) => warningDay),
      warned,
    );
  for (const { from, to } of warnings) assert.equal(from, to, "a warning changes no state");
}
