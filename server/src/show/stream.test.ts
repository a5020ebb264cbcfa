import assert from "node:assert/strict";
import test from "node:test";
import { firstIdAt } from "../domain/id.ts";
import type { Question } from "./list-question.ts";
import { createListener, say, sayGap } from "./stream-listener.ts";
import { ChangeRing } from "./stream-ring.ts";

const everything: Question = {
  workspace: null,
  app: null,
  subscriptions: null,
  topic: null,
  status: null,
  code: null,
  reason: null,
  objectId: null,
  from: null,
  below: null,
  limit: 50,
};

const made = (...ids: string[]): { id: string; subscription: number }[] => ids.map((id) => ({ id, subscription: 1 }));
const all = (): boolean => true;

test("the ring gives the newest change of each notification, in order, and knows what it no longer has", () => {
  const ring = new ChangeRing(4);
  const [a, b, c] = [1, 2, 3].map((ms) => firstIdAt(ms)) as [string, string, string];
  ring.made(made(a, b));
  ring.recorded([{ notification: a, subscription: 1 }]);
  ring.changed(2, { from: "live", to: "paused", cause: "by_hand", untilMs: null, warningDay: null }, 5);
  ring.changed(2, { from: "paused", to: "paused", cause: "still_failing", untilMs: null, warningDay: 1 }, 6);
  assert.equal(ring.head, 4);
  assert.deepEqual(
    ring.after(0, all).map(({ sequence, notification, state }) => [sequence, notification ?? state?.state]),
    [
      [2, b],
      [3, a],
      [4, "paused"],
    ],
  );
  assert.deepEqual(
    ring.after(0, (subscription) => subscription === 2).map(({ sequence }) => sequence),
    [4],
  );
  assert.ok(ring.has(0));
  ring.made(made(c));
  assert.ok(!ring.has(0) && ring.has(1) && ring.has(5) && !ring.has(6));
  assert.deepEqual(
    ring.after(0, all).map(({ sequence }) => sequence),
    [2, 3, 4, 5],
  );
});

test("a reader that stands still has a megabyte kept for it, then hears of a gap and of what is new", () => {
  let gaps = 0;
  const listener = createListener({ question: everything, asking: { workspace: null }, position: 0, resuming: false }, 0, (each) => {
    gaps++;
    sayGap(each, "too_slow", 9, "e-9");
  });
  const text = "x".repeat(1_000);
  let said = 0;
  while (say(listener, text)) said++;
  assert.ok(said > 1_000 && said < 1_060, String(said));
  assert.ok(!say(listener, "y"));
  assert.equal(gaps, 0);
  const taken: string[] = [];
  for (let chunk = listener.output.read(); chunk !== null; chunk = listener.output.read()) taken.push(String(chunk));
  assert.equal(gaps, 1);
  assert.equal(listener.position, 9);
  assert.ok(taken.join("").endsWith('event: gap\nid: e-9\ndata: {"reason":"too_slow"}\n\n'));
  assert.ok(say(listener, "z"));
});
