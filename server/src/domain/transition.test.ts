// What an answer means, one row per sentence of the contract: policy x progress x answer -> next.
import assert from "node:assert/strict";
import test from "node:test";
import type { AttemptFailure, EndedReason } from "@bellhop/contract/reasons";
import { readPolicy } from "./policy.ts";
import { afterAttempt, afterExtraAttempt, endsAtMs } from "./transition.ts";
import type { Moment, Plan, Progress } from "./transition.ts";
import type { Policy } from "@bellhop/contract/subscriptions";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 0, 1);
const ends = endsAtMs(now, 7);

function planOf(policy: Policy): Plan {
  const { waitsS, jitter, throttledSecondsMax } = readPolicy(policy);
  return { waitsMs: waitsS.map((wait) => wait * second), jitter, throttledForMs: throttledSecondsMax * second };
}

const fresh: Progress = { requests: 0, policyStep: 0, firstSentAtMs: null, throttledSinceMs: null };
const after = (requests: number, policyStep: number, throttledSinceMs: number | null = null): Progress => ({
  requests,
  policyStep,
  firstSentAtMs: now,
  throttledSinceMs,
});

const at = (sentAtMs: number, nowMs: number, throttledUntilMs: number | null = null): Moment => ({
  sentAtMs,
  nowMs,
  endsAtMs: ends,
  throttledUntilMs,
});

type Row = {
  says: string;
  policy?: Policy;
  progress: Progress;
  failure: AttemptFailure | null;
  status?: number;
  retryAfterMs?: number;
  chance?: number;
  inMs?: number;
  ended?: EndedReason;
};

const rows: Row[] = [
  { says: "any 2xx delivers", progress: fresh, failure: null, status: 204 },
  {
    says: "410 ends the notification",
    progress: fresh,
    failure: "gone",
    status: 410,
    ended: "gone",
  },
  {
    says: "410 means the same under intercom",
    policy: "intercom",
    progress: fresh,
    failure: "gone",
    status: 410,
    ended: "gone",
  },
  { says: "the first failure is tried again after 5 s", progress: fresh, failure: "status", status: 500, inMs: 5 * second },
  { says: "waits are stretched to 1.2", progress: fresh, failure: "timeout", chance: 1, inMs: 6 * second },
  { says: "waits are shortened to 0.8", progress: fresh, failure: "timeout", chance: 0, inMs: 4 * second },
  { says: "a redirect is a failed attempt", progress: fresh, failure: "redirect_refused", status: 302, inMs: 5 * second },
  ...[5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour].map((inMs, index) => ({
    says: `failure ${index + 2} waits its own time`,
    progress: after(index + 1, index + 1),
    failure: "connect" as const,
    inMs,
  })),
  { says: "the tenth failure exhausts the policy", progress: after(9, 9), failure: "dns", ended: "attempts_exhausted" },
  {
    says: "Retry-After on 503 is a lower bound",
    progress: fresh,
    failure: "status",
    status: 503,
    retryAfterMs: 90 * second,
    inMs: 90 * second,
  },
  {
    says: "a shorter Retry-After changes nothing",
    progress: fresh,
    failure: "status",
    status: 503,
    retryAfterMs: second,
    inMs: 5 * second,
  },
  {
    says: "Retry-After on 503 counts at most 2 h",
    progress: fresh,
    failure: "status",
    status: 503,
    retryAfterMs: 9 * hour,
    inMs: 2 * hour,
  },
  { says: "Retry-After on 500 is not heard", progress: fresh, failure: "status", status: 500, retryAfterMs: hour, inMs: 5 * second },
  {
    says: "intercom tries once more after exactly 60 s",
    policy: "intercom",
    progress: fresh,
    failure: "status",
    status: 404,
    chance: 1,
    inMs: minute,
  },
  {
    says: "intercom gives up after the second failure",
    policy: "intercom",
    progress: after(1, 1),
    failure: "status",
    ended: "attempts_exhausted",
  },
  { says: "an own schedule is followed", policy: { waits_s: [7, 9] }, progress: after(1, 1), failure: "tls", inMs: 9 * second },
  { says: "and ends with its last wait", policy: { waits_s: [7, 9] }, progress: after(2, 2), failure: "tls", ended: "attempts_exhausted" },
  { says: "429 waits a minute when nothing is said", progress: fresh, failure: "throttled", status: 429, inMs: minute },
  { says: "429 doubles", progress: after(2, 0, now - 3 * minute), failure: "throttled", status: 429, inMs: 4 * minute },
  {
    says: "the first 429 waits a minute, however many requests came before",
    progress: after(12, 0),
    failure: "throttled",
    status: 429,
    inMs: minute,
  },
  { says: "429 doubles to 2 h at most", progress: after(20, 0, now - day), failure: "throttled", status: 429, inMs: 2 * hour },
  {
    says: "429 waits as long as Retry-After says",
    progress: fresh,
    failure: "throttled",
    status: 429,
    retryAfterMs: 42 * second,
    inMs: 42 * second,
  },
  { says: "at least a second", progress: fresh, failure: "throttled", status: 429, retryAfterMs: 0, inMs: second },
  { says: "at most two hours", progress: fresh, failure: "throttled", status: 429, retryAfterMs: day, inMs: 2 * hour },
  {
    says: "75 h of nothing but 429 end it",
    progress: after(40, 0, now - 75 * hour),
    failure: "throttled",
    status: 429,
    ended: "throttled_too_long",
  },
  {
    says: "2 h under intercom",
    policy: "intercom",
    progress: after(4, 0, now - 2 * hour),
    failure: "throttled",
    status: 429,
    ended: "throttled_too_long",
  },
  {
    says: "another failure in between starts the 75 h anew",
    progress: after(40, 0, now - 75 * hour),
    failure: "status",
    status: 500,
    inMs: 5 * second,
  },
];

for (const { says, policy = "durable", progress, failure, status = 0, retryAfterMs = null, chance = 0.5, inMs, ended } of rows) {
  test(says, () => {
    const next = afterAttempt(progress, { failure, status, retryAfterMs }, planOf(policy), at(now, now), chance);
    assert.equal(next.ended, ended ?? null);
    assert.equal(next.nextAtMs, inMs === undefined ? null : now + inMs);
    assert.equal(next.progress.requests, progress.requests + 1, "every request counts");
  });
}

test("429 counts as a request and does not advance the schedule", () => {
  const { progress } = afterAttempt(
    after(3, 3),
    { failure: "throttled", status: 429, retryAfterMs: null },
    planOf("durable"),
    at(now, now),
    0.5,
  );
  assert.deepEqual(progress, { requests: 4, policyStep: 3, firstSentAtMs: now, throttledSinceMs: now });
});

test("a 429 waits as long as its whole subscription does", () => {
  const answered = { failure: "throttled", status: 429, retryAfterMs: null } as const;
  const next = afterAttempt(fresh, answered, planOf("durable"), at(now, now, now + 8 * minute), 0.5);
  assert.equal(next.nextAtMs, now + 8 * minute);
});

test("the time of the first attempt is kept on later ones", () => {
  const first = afterAttempt(fresh, { failure: "status", status: 500, retryAfterMs: null }, planOf("durable"), at(now - 100, now), 0.5);
  assert.equal(first.progress.firstSentAtMs, now - 100);
  const second = afterAttempt(
    first.progress,
    { failure: null, status: 200, retryAfterMs: null },
    planOf("durable"),
    at(now + day, now + day),
    0.5,
  );
  assert.equal(second.progress.firstSentAtMs, now - 100);
});

test("what would be tried after the notification's end expires instead", () => {
  const late = ends - hour;
  const next = afterAttempt(after(8, 8), { failure: "status", status: 500, retryAfterMs: null }, planOf("durable"), at(late, late), 0.5);
  assert.deepEqual([next.ended, next.nextAtMs], ["expired", null]);
});

test("a replay of what was delivered gets one request and never another", () => {
  const next = afterExtraAttempt(after(1, 0), now);
  assert.deepEqual([next.nextAtMs, next.ended, next.progress.requests], [null, null, 2]);
});
