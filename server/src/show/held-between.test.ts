// While an endpoint is paused what is held piles up, and that is when its developer looks for what failed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dayMs, firstDayMs, id16, insertControl, publish, record, startShow } from "../../../test/show-fixture.ts";
import type { Shown } from "../../../test/show-fixture.ts";

const heldSince = firstDayMs + 2 * dayMs;
const heldCount = 700;
const whom = [{ subscription: 1, app: 1 }];

let shown: Shown;

before(async () => {
  shown = await startShow();
  await insertControl(shown, 1, [{ owner: 1, installedIn: [1] }], [{ app: 1, topics: ["ticket.created"] }]);
  for (let at = 0; at < 3; at++) {
    const failed = await publish(shown, firstDayMs + dayMs + at, { workspace: 1 }, whom);
    const steps = [
      { kind: "a", reason: "status", attempt: { status: 503 } },
      { kind: "e", reason: "attempts_exhausted" },
    ] as const;
    await record(shown, failed.notifications[0] as string, 1, firstDayMs + dayMs + at, steps);
  }
  for (let at = 0; at < heldCount; at++) {
    const held = await publish(shown, heldSince + at, { workspace: 1 }, whom);
    await record(shown, held.notifications[0] as string, 1, heldSince + at, [{ kind: "h", reason: "paused" }]);
  }
});

after(async () => shown?.close());

test("what failed before many that are held is on the first page", async () => {
  for (const question of ["status=failed", "code=503", "reason=status"]) {
    const { body } = await shown.get<{ data: unknown[]; next_cursor: string | null }>(
      `/v1/notifications?subscription=${id16("sub", 1)}&${question}`,
    );
    assert.equal(body.data.length, 3, question);
    assert.equal(body.next_cursor, null, question);
  }
});

test("what is held is found as well, by its status and by its cause", async () => {
  for (const question of ["status=held", "reason=paused"]) {
    const { body } = await shown.get<{ data: unknown[] }>(`/v1/notifications?subscription=${id16("sub", 1)}&${question}&limit=20`);
    assert.equal(body.data.length, 20, question);
  }
});
