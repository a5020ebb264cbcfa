// The rows of the log in the hub, without a browser: what leaves the list when the newest page is looked at again, and what does not.
import assert from "node:assert/strict";
import test from "node:test";
import type { NotificationEntry } from "../contract/src/notifications.ts";
import { LiveRows } from "../web/src/pages/deliveries/live-rows.ts";

const entry = (id: string): NotificationEntry => ({ id, attempts: 1 }) as NotificationEntry;
const readMs = 1_000_000;

function shownAfter(looked: { data: NotificationEntry[]; next_cursor: string | null }): string[] {
  const pages = [{ data: [entry("3"), entry("2"), entry("1")], next_cursor: null }];
  const rows = new LiveRows(() => undefined);
  rows.over(pages, true);
  rows.compare(looked, readMs);
  rows.stop();
  return rows.over(pages, true).map(({ entry: { id } }) => id);
}

test("what is missing from the newest page, in its range, has left the list", () => {
  assert.deepEqual(shownAfter({ data: [entry("3")], next_cursor: null }), ["3"]);
  assert.deepEqual(shownAfter({ data: [entry("3"), entry("1")], next_cursor: "more" }), ["3", "1"]);
});

test("a newest page that found none so far says nothing of what is shown", () => {
  assert.deepEqual(shownAfter({ data: [], next_cursor: "more" }), ["3", "2", "1"]);
  assert.deepEqual(shownAfter({ data: [], next_cursor: null }), []);
});
