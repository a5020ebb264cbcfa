import assert from "node:assert/strict";
import { test } from "node:test";
import { Quotas } from "./quotas.ts";

const here = { ref: 1, region: "us" };
const minute = Date.UTC(2026, 2, 2, 9, 30);

const count = (quotas: Quotas, times: number, workspace: { ref: number; region: string }, nowMs: number): number[] =>
  Array.from({ length: times }, () => quotas.count(workspace, nowMs));

test("the first events of a minute go first, the rest follows", () => {
  assert.deepEqual(count(new Quotas(() => 2), 4, here, minute), [0, 0, 1, 1]);
});

test("each minute begins anew", () => {
  const quotas = new Quotas(() => 1);
  assert.deepEqual(count(quotas, 2, here, minute), [0, 1]);
  assert.deepEqual(count(quotas, 1, here, minute + 59_999), [1]);
  assert.deepEqual(count(quotas, 2, here, minute + 60_000), [0, 1]);
});

test("a workspace that publishes more than its share takes nothing of another's", () => {
  const quotas = new Quotas(() => 2);
  count(quotas, 1_000, here, minute);
  assert.deepEqual(count(quotas, 3, { ref: 2, region: "us" }, minute), [0, 0, 1]);
});

test("the region says how many", () => {
  const quotas = new Quotas((region) => (region === "us" ? 3 : 0));
  assert.deepEqual([count(quotas, 4, here, minute), count(quotas, 1, { ref: 2, region: "eu" }, minute)], [[0, 0, 0, 1], [1]]);
});
