// Replays of many from outside: what arrives again, under which id, and what is said about it.
import assert from "node:assert/strict";
import test from "node:test";
import type { NotificationList } from "@bellhop/contract/notifications";
import type { ReplayPreview, ReplayView } from "@bellhop/contract/replays";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram } from "./in-process.ts";

const topic = "ticket.created";
const hourMs = 3_600_000;
const onceMore = { policy: { waits_s: [1] } };

type Arrived = { id: string; attempts: number; reason: string | undefined; item: string };

/** What the endpoint got, oldest first, from the `skip`th request on. */
function arrived({ inbox }: Installed, skip = 0): Arrived[] {
  const all = inbox.received.filter(({ body }) => !body.includes('"topic":"ping"'));
  return all.slice(skip).map(({ body, headers }) => {
    const { id, delivery_attempts: attempts } = JSON.parse(body) as { id: string; delivery_attempts: number };
    const item = /"item":(.*)\},"links"/.exec(body)?.[1] ?? "";
    return { id, attempts, reason: headers["x-bellhop-retry-reason"] as string | undefined, item };
  });
}

async function publishMany(program: TestProgram, { workspace }: Installed, count: number): Promise<void> {
  const line = (index: number): string => `{"workspace_id":"${workspace}","topic":"${topic}","item":{"id":"${index}","n":1.0}}`;
  await program.publishLines(Array.from({ length: count }, (_, index) => line(index)));
}

const asked = (program: TestProgram, { subscription }: Installed, more: object): object => ({
  subscription,
  since: new Date(program.nowMs - hourMs).toISOString(),
  until: new Date(program.nowMs).toISOString(),
  ...more,
});

const replay = (program: TestProgram, installed: Installed, more: object): Promise<ReplayView> =>
  program.must<ReplayView>("POST", "/v1/replays", asked(program, installed, more));

const done = (program: TestProgram, { id }: ReplayView): Promise<ReplayView> =>
  eventually(async () => {
    const found = await program.must<ReplayView>("GET", `/v1/replays/${id}`);
    return found.state === "done" ? found : null;
  });

const withStatus = async (program: TestProgram, installed: Installed, status: string): Promise<string[]> =>
  (await program.must<NotificationList>("GET", `/v1/notifications?subscription=${installed.subscription}&status=${status}`)).data.map(
    ({ id }) => id,
  );

async function countStatus(program: TestProgram, installed: Installed, status: string, count: number): Promise<string[]> {
  return eventually(async () => {
    const ids = await withStatus(program, installed, status);
    return ids.length === count ? ids : null;
  });
}

test("what failed while an endpoint was broken is sent again under its ids once it is mended", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: onceMore });
  installed.inbox.behave(null, 503);
  await publishMany(program, installed, 3);
  const failed = await countStatus(program, installed, "failed", 3);
  installed.inbox.behave(null, 200);
  const before = arrived(installed).length;

  const preview = await program.must<ReplayPreview>("POST", "/v1/replays", asked(program, installed, { include: "failed", dry_run: true }));
  assert.deepEqual(preview.estimate, { count: 3, exact: true });
  const made = await replay(program, installed, { include: "failed" });
  assert.deepEqual(made.estimate, { count: 3, exact: true });
  assert.match(made.receivers, /keeps its id/);
  const { progress } = await done(program, made);
  assert.deepEqual([progress.replayed, progress.skipped], [3, 0]);
  const delivered = await countStatus(program, installed, "delivered", 3);
  assert.deepEqual(delivered.toSorted(), failed.toSorted());
  const again = arrived(installed, before);
  assert.deepEqual(
    again.map(({ id, reason }) => [id, reason]),
    failed.toReversed().map((id) => [id, "replay"]),
  );
  const [listed] = (await program.must<{ data: ReplayView[] }>("GET", `/v1/replays?subscription=${installed.subscription}`)).data;
  assert.equal(listed?.id, made.id);
});

test("what was delivered gets one request more and stays delivered, also when that fails", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: onceMore });
  await publishMany(program, installed, 2);
  const ids = await countStatus(program, installed, "delivered", 2);
  installed.inbox.behave(null, 503);
  await done(program, await replay(program, installed, { include: "all" }));
  await eventually(() => (arrived(installed).length === 4 ? true : null));
  await program.quiet();
  assert.deepEqual(await withStatus(program, installed, "delivered"), ids);
  assert.deepEqual(
    arrived(installed, 2).map(({ attempts }) => attempts),
    [2, 2],
  );
});

test("with new ids copies are sent, byte for byte", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic] });
  await publishMany(program, installed, 2);
  await countStatus(program, installed, "delivered", 2);
  await done(program, await replay(program, installed, { include: "all", new_id: true }));
  await countStatus(program, installed, "delivered", 4);
  const all = arrived(installed);
  assert.equal(new Set(all.map(({ id }) => id)).size, 4);
  assert.deepEqual(
    all.slice(2).map(({ item, attempts }) => [item, attempts]),
    [
      ['{"id":"0","n":1.0}', 1],
      ['{"id":"1","n":1.0}', 1],
    ],
  );
});

test("what was missed before the topic was chosen is made up for, once", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: ["ticket.closed"] });
  await publishMany(program, installed, 2);
  await program.must("PATCH", `/v1/apps/${installed.app}/subscriptions/${installed.subscription}`, { topics: [topic] });
  const made = await replay(program, installed, { include: "missed" });
  assert.deepEqual([made.estimate.count, made.new_id], [2, true]);
  await done(program, made);
  await countStatus(program, installed, "delivered", 2);
  const again = await program.call("POST", "/v1/replays", asked(program, installed, { include: "missed" }));
  assert.deepEqual([again.status, again.body["code"]], [409, "conflict"]);
});

test("a replay of many goes on after a restart, sends each once; one that waits can be canceled", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic] });
  const count = 1_300;
  for (const part of [1_000, 300]) await publishMany(program, installed, part);
  await eventually(() => (arrived(installed).length === count ? true : null));
  await program.quiet();
  const made = await replay(program, installed, { include: "all" });
  await eventually(() => (arrived(installed).length > count + 50 ? true : null));
  await program.stop();
  await program.start();
  const { progress } = await done(program, made);
  assert.deepEqual([progress.replayed, progress.skipped], [count, 0]);
  await eventually(() => (arrived(installed).length >= 2 * count ? true : null));
  await program.quiet();
  const again = arrived(installed, count).map(({ id }) => id);
  assert.deepEqual([again.length, new Set(again).size], [count, count]);

  await program.must("POST", `/v1/apps/${installed.app}/subscriptions/${installed.subscription}/pause`, {});
  const second = await replay(program, installed, { include: "all" });
  const canceled = await program.must<ReplayView>("DELETE", `/v1/replays/${second.id}`);
  assert.deepEqual([canceled.state, canceled.progress.replayed], ["canceled", 0]);
  const { status } = await program.call("DELETE", `/v1/replays/${second.id}`);
  assert.equal(status, 409);
});
