// What people and 410 do to a subscription, and what is shown of its state.
import assert from "node:assert/strict";
import test from "node:test";
import { day, durable, hour, intercom, minute, second, start, Story, testChapter, threeBadDays } from "../../../test/health-story.ts";
import type { Row } from "../../../test/health-story.ts";
import { backingOffUntilMs, gateOf, isUnremarkable } from "./health.ts";

const byHand: Row[] = [
  { says: "a pause by hand lasts", tell: (s) => s.pause(0).time(300 * day), state: "paused", cause: null, gate: [[300 * day, "shut"]] },
  { says: "unless it was given an end", tell: (s) => s.pause(0, hour), state: "paused", cause: "by_hand", until: hour, gate: [[1, hour]] },
  {
    says: "at which it resumes carefully",
    tell: (s) => s.pause(0, hour).time(hour),
    state: "live",
    cause: "resumed",
    gate: [[hour, "one"]],
  },
  {
    says: "a person may pause for longer what is paused by failures",
    tell: (s) =>
      s
        .fails(1_001, 0, 1)
        .pause(2 * second)
        .time(hour),
    state: "paused",
    cause: null,
    gate: [[hour, "shut"]],
  },
  { says: "and what is throttled", tell: (s) => s.throttled(0).pause(1).time(hour), state: "paused", gate: [[hour, "shut"]] },
  {
    says: "an answer changes nothing in a pause by hand",
    tell: (s) =>
      s
        .pause(0)
        .fails(2_000, 1, 1)
        .throttled(hour)
        .success(2 * hour),
    state: "paused",
    gate: [[2 * hour, "shut"]],
  },
  {
    says: "Set live ends a pause, one at a time until the first success",
    tell: (s) => s.pause(0).setLive(1),
    state: "live",
    cause: "set_live",
    gate: [[1, "one"]],
  },
  {
    says: "after which everything goes through",
    tell: (s) => s.pause(0).setLive(1).success(3),
    state: "live",
    cause: null,
    gate: [[3, "open"]],
  },
  {
    says: "a success of a request from before Set live is none",
    tell: (s) => s.pause(2).setLive(3).success(4, { began: 1 }),
    state: "live",
    gate: [[4, "one"]],
  },
  {
    says: "a 429 to a request from before Set live does not throttle",
    tell: (s) => s.pause(2).setLive(3).throttled(4, { began: 1 }),
    state: "live",
    cause: null,
  },
  { says: "Set live forgets the failures in a row", tell: (s) => s.fails(1_000, 0, 1).setLive(2_000).fail(2_002), state: "live" },
  {
    says: "and the days of failure",
    tell: (s) =>
      threeBadDays(s)
        .setLive(6 * day)
        .fail(7 * day + hour + 1),
    state: "live",
    warned: [1],
  },
  {
    says: "and the throttle's wait",
    tell: (s) =>
      s
        .throttled(0)
        .throttled(minute + 1)
        .setLive(2 * minute)
        .throttled(2 * minute + 2),
    state: "throttled",
    until: 3 * minute + 2,
  },
  { says: "where nothing is wrong it does nothing", tell: (s) => s.setLive(1), state: "live", cause: null, gate: [[1, "open"]] },
];

const gone: Row[] = [
  { says: "410 disables", tell: (s) => s.answer(0, "gone"), state: "disabled", cause: "gone", gate: [[day, "shut"]] },
  { says: "also to a replay by hand", tell: (s) => s.answer(0, "gone", { replay: true }), state: "disabled" },
  { says: "also late into a pause by hand", tell: (s) => s.pause(1).answer(2, "gone", { began: 0 }), state: "disabled", cause: "gone" },
  { says: "also in a throttle", tell: (s) => s.throttled(1).answer(2, "gone", { began: 0 }), state: "disabled", cause: "gone" },
  {
    says: "also in a suspension",
    tell: (s) =>
      threeBadDays(s)
        .time(8 * day)
        .answer(8 * day + 1, "gone"),
    state: "disabled",
    cause: "gone",
  },
  { says: "told once", tell: (s) => s.answer(0, "gone").answer(1, "gone"), state: "disabled", cause: null },
  {
    says: "neither answers nor time nor a pause by hand leave it",
    tell: (s) =>
      s
        .answer(0, "gone")
        .success(1)
        .throttled(2)
        .fails(1_001, 3, 1)
        .pause(5_000)
        .time(90 * day),
    state: "disabled",
    cause: null,
  },
  {
    says: "Set live does",
    tell: (s) => s.answer(0, "gone").setLive(day),
    state: "live",
    cause: "set_live",
    gate: [[day, "one"]],
  },
];

testChapter("pauses by hand and Set live", byHand);
testChapter("410", gone);

test("a change names where it came from, though a probe's failure also pauses", () => {
  const story = new Story(durable)
    .fails(1_000, 0, 1)
    .throttled(1_000)
    .fail(2 * minute);
  assert.deepEqual(story.change, {
    from: "throttled",
    to: "paused",
    cause: "failures_in_a_row",
    untilMs: start + 17 * minute,
    warningDay: null,
  });
});

test("the page is told until when a live subscription is backed off from, and nothing of others", () => {
  const story = new Story(durable).fails(9, 0, 1);
  assert.equal(backingOffUntilMs(story.health), null);
  assert.equal(backingOffUntilMs(story.fail(10).health), start + 10 + second);
  assert.equal(backingOffUntilMs(story.throttled(minute).health), null);
  assert.equal(backingOffUntilMs(new Story(intercom).fails(10, 0, 1).health), null);
});

test("what waits is told why", () => {
  const causeOf = (story: Story) => gateOf(story.health, start + 8 * day).cause;
  assert.equal(causeOf(new Story(durable)), null);
  assert.equal(causeOf(new Story(durable).fails(10, 0, 1)), "backing_off");
  assert.equal(causeOf(new Story(durable).pause(0)), "paused");
  assert.equal(causeOf(new Story(durable).throttled(0)), "throttled");
  assert.equal(causeOf(threeBadDays(new Story(durable)).time(8 * day)), "suspended");
});

test("after a success, and the time a request may take, nothing need be remembered", () => {
  const story = new Story(durable).throttled(0).fail(hour);
  assert.equal(isUnremarkable(story.health), false);
  story.success(hour + minute).time(hour + 2 * minute);
  assert.equal(isUnremarkable(story.health), true);
  assert.equal(isUnremarkable(new Story(durable).fail(0).health), false);
  assert.equal(isUnremarkable(new Story(durable).pause(0).health), false);
});
