import assert from "node:assert/strict";
import { test } from "node:test";
import { ended } from "@bellhop/contract/reasons";
import { needsFailedStep, statusOf } from "./status.ts";
import type { Status, StepFacts } from "./status.ts";

const step = (kind: StepFacts["kind"], reason: string | null, requests = 0, planned = false): StepFacts => ({
  kind,
  reason,
  requests,
  planned,
});

const table: readonly [story: string, newest: StepFacts | null, anySuccess: boolean, status: Status][] = [
  ["nothing happened yet", null, false, "waiting"],
  ["the first attempt got a 2xx", step("attempt", null, 1), true, "delivered"],
  ["a replay of a delivered one failed", step("attempt", "status", 2), true, "delivered"],
  ["a replay of a delivered one is asked for", step("held", "replay", 1, true), true, "delivered"],
  ["a replay of a delivered one was canceled", step("ended", "canceled", 1), true, "delivered"],
  ["an attempt failed and the next one is planned", step("attempt", "timeout", 3, true), false, "retrying"],
  ["the last attempt failed", step("attempt", "gone", 1), false, "failed"],
  ["the schedule is exhausted", step("ended", "attempts_exhausted", 10), false, "failed"],
  ["somebody asked for a replay of a failed one", step("held", "replay", 10, true), false, "waiting"],
  ["too much waits for the endpoint", step("held", "backlog"), false, "held"],
  ["a retry is held", step("held", "backlog", 2), false, "held"],
  ["discarded before anything was sent", step("ended", "discarded"), false, "dropped"],
  ["uninstalled before anything was sent", step("ended", "uninstalled"), false, "dropped"],
  ["uninstalled between two attempts", step("ended", "uninstalled", 2), false, "failed"],
  ["throttled, never sent", step("ended", "throttled_too_long"), false, "dropped"],
  ["throttled, sent and refused", step("ended", "throttled_too_long", 4), false, "failed"],
  ["sent, but the process died of it", step("ended", "quarantined"), false, "failed"],
  ["canceled before anything was sent", step("ended", "canceled"), false, "canceled"],
  ["canceled between two attempts", step("ended", "canceled", 2), false, "canceled"],
];

for (const [story, newest, anySuccess, status] of table) {
  test(`${story}: ${status}`, () => assert.equal(statusOf(newest, anySuccess), status));
}

test("every way to end has a final status, sent or not", () => {
  for (const reason of Object.keys(ended)) {
    for (const requests of [0, 1]) {
      const status = statusOf(step("ended", reason, requests), false);
      assert.ok(["failed", "dropped", "canceled"].includes(status), `${reason} after ${requests} requests is ${status}`);
    }
  }
});

test("a status that needs an unsuccessful step is never given without one", () => {
  assert.ok(!needsFailedStep.has(statusOf(null, false)));
  assert.ok(!needsFailedStep.has(statusOf(step("attempt", null, 1), true)));
});
