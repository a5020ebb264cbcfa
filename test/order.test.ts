// Order per key as a receiver sees it: through failures, slow answers, pauses, holds, replays and restarts.
import assert from "node:assert/strict";
import test from "node:test";
import type { TestContext } from "node:test";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram } from "./in-process.ts";
import { makeLedger } from "./ledger.ts";
import type { Answer, Entry, Ledger } from "./ledger.ts";
import { collidingKeys, keyedOf, nameOf, OrderWatch } from "./order-watch.ts";
import type { Keyed } from "./order-watch.ts";

const topic = "ticket.created";
const hourMs = 3_600_000;
/** What waits this long unsent is held on disk. */
const unsentMs = 26_000;
const keys = ["a", "b", "c", "d", "e", "f"];
const fine: Answer = { status: 200 };

type Ordered = { program: TestProgram; installed: Installed; ledger: Ledger; watch: OrderWatch; path: string };

async function startOrdered(t: TestContext, settings: object, answer: (entry: Entry) => Answer): Promise<Ordered> {
  const program = await startTestProgram(t, { virtual: true });
  const ledger = await makeLedger(t);
  const installed = await program.makeInstalled({
    topics: [topic],
    url: `${ledger.url}/ordered`,
    settings: { ordered: true, ...settings },
  });
  ledger.secret = installed.secret;
  const path = `/v1/apps/${installed.app}/subscriptions/${installed.subscription}`;
  return { program, installed, ledger, watch: new OrderWatch(ledger, answer), path };
}

const lineOf = (workspace_id: string, event: Keyed): string =>
  JSON.stringify({ workspace_id, topic, item: { id: nameOf(event) }, ...(event.key === null ? {} : { ordering_key: event.key }) });

/** The places from `from` of each key, round and round. */
function events(of: readonly (string | null)[], from: number, to: number): Keyed[] {
  const made: Keyed[] = [];
  for (let place = from; place < to; place++) for (const key of of) made.push({ key, place });
  return made;
}

async function publish({ program, installed }: Ordered, some: readonly Keyed[]): Promise<void> {
  await program.publishLines(some.map((event) => lineOf(installed.workspace, event)));
}

const statusesOf = async ({ program }: Ordered, status: string): Promise<number> => {
  const { data } = await program.must<{ data: unknown[] }>("GET", `/v1/notifications?status=${status}&limit=100`);
  return data.length;
};

const areHeld = (ordered: Ordered, count: number): Promise<boolean> =>
  eventually(async () => ((await statusesOf(ordered, "held")) >= count ? true : null));

const arrived = ({ ledger }: Ordered, object: string): Promise<Entry> =>
  eventually(() => ledger.entries.find((entry) => entry.object === object));

test("through failures and slow answers each key's events arrive one after the other, and those without a key are free", async (t) => {
  // About every eighth fails once; the later of a key are quick, so that they would overtake.
  const answer = ({ object, attempts }: Entry): Answer => {
    const { key, place } = keyedOf(object);
    const fails = key !== null && attempts === 1 && (place * 5 + key.charCodeAt(0)) % 8 === 0;
    return { status: fails ? 500 : 200, afterMs: 60 - place * 4 };
  };
  const ordered = await startOrdered(t, { policy: { waits_s: [1, 1, 1] } }, answer);
  const all = events([...keys, null], 0, 12);
  for (let from = 0; from < all.length; from += 14) await publish(ordered, all.slice(from, from + 14));
  await ordered.watch.allAccepted(all);
  assert.ok(ordered.ledger.entries.length > all.length, "nothing failed");
});

test("a failing head holds back its key and its slot and nothing else, for hours and across a restart", async (t) => {
  const { first, second, apart } = collidingKeys();
  const isHead = ({ object }: Entry): boolean => object === nameOf({ key: first, place: 0 });
  const ordered = await startOrdered(t, { policy: { waits_s: [7_200, 1] } }, (entry) =>
    isHead(entry) && entry.attempts === 1 ? { status: 500 } : fine,
  );
  const { program, watch, ledger } = ordered;
  await publish(ordered, events([first], 0, 1));
  await eventually(async () => ((await statusesOf(ordered, "retrying")) === 1 ? true : null));
  await publish(ordered, events([first], 1, 3));
  await publish(ordered, events([second], 0, 2));
  await publish(ordered, events([apart, null], 0, 3));
  await watch.allAccepted(events([apart, null], 0, 3));
  await program.advance(unsentMs);
  await areHeld(ordered, 4);
  await program.stop();
  await program.start();
  await publish(ordered, events([apart, second], 3, 4));
  await publish(ordered, events([second], 2, 3));
  await watch.allAccepted(events([apart], 3, 4));
  assert.deepEqual(
    ledger.entries.filter(({ object }) => [first, second].includes(keyedOf(object).key ?? "")).map(({ object }) => object),
    [nameOf({ key: first, place: 0 })],
  );
  await program.advance(2.5 * hourMs);
  await watch.allAccepted([...events([first], 0, 3), ...events([second], 0, 2)]);
});

test("what a pause held goes out in order before what comes meanwhile, also when its settings change under way", async (t) => {
  const ordered = await startOrdered(t, { policy: { waits_s: [1, 1, 1] } }, ({ object, attempts }) => ({
    status: object === "a/0" && attempts === 1 ? 500 : 200,
    afterMs: 3,
  }));
  const { program, watch, path } = ordered;
  await publish(ordered, events(["a"], 0, 1));
  await eventually(async () => ((await statusesOf(ordered, "retrying")) === 1 ? true : null));
  await program.must("POST", `${path}/pause`, {});
  const held = events(keys, 0, 15).filter(({ key, place }) => key !== "a" || place > 0);
  await publish(ordered, held);
  await eventually(async () => {
    const shown = await program.must<{ held: { count: number } }>("GET", path);
    assert.ok(shown.held.count >= held.length);
    return true;
  });
  await program.must("PATCH", `${path}?verify=false`, { name: "While it is paused" });
  await program.must("POST", `${path}/set-live`, { held: "send" });
  for (let turn = 0; turn < 5; turn++) {
    await program.must("PATCH", `${path}?verify=false`, { name: `Changed ${turn}` });
    await publish(ordered, events(keys, 15 + turn, 16 + turn));
  }
  await watch.allAccepted(events(keys, 0, 20));
});

test("what was held for its age and what is fresh go in order, and a replay goes beside them", async (t) => {
  let isOpen = false;
  const ordered = await startOrdered(t, { max_in_flight: 3, timeout_ms: 30_000 }, () => (isOpen ? fine : "never"));
  const { program, watch, ledger } = ordered;
  await publish(ordered, events(keys, 0, 6));
  await eventually(() => (ledger.open.length === 3 ? true : null));
  await program.advance(unsentMs);
  await areHeld(ordered, 33);
  await publish(ordered, events(keys, 6, 9));
  isOpen = true;
  ledger.release(200);
  await watch.allAccepted(events(keys, 0, 9));

  const delivered = await arrived(ordered, "a/0");
  watch.replayed.add("a/0");
  ledger.answer = (entry) => (entry.object === "a/9" ? "never" : fine);
  await publish(ordered, events(["a"], 9, 11));
  await arrived(ordered, "a/9");
  await program.must("POST", `/v1/notifications/${delivered.id}/replay`);
  await eventually(() => (ledger.successes.filter(({ object }) => object === "a/0").length === 2 ? true : null));
  assert.ok(!ledger.entries.some(({ object }) => object === "a/10"));
  ledger.release(200);
  await watch.allAccepted(events(["a"], 0, 11));
});

test("a head that is canceled, or replayed, lets the next of its slot go", async (t) => {
  const ordered = await startOrdered(t, { policy: { waits_s: [7_200] } }, ({ object, attempts }) => ({
    status: ["a/0", "b/0"].includes(object) && attempts === 1 ? 500 : 200,
  }));
  const { program, watch } = ordered;
  await publish(ordered, events(["a", "b"], 0, 1));
  await eventually(async () => ((await statusesOf(ordered, "retrying")) === 2 ? true : null));
  await publish(ordered, events(["a", "b"], 1, 3));
  for (const object of ["a/0", "b/0"]) watch.ended.add(object);
  await program.must("POST", `/v1/notifications/${(await arrived(ordered, "a/0")).id}/cancel`);
  await program.must("POST", `/v1/notifications/${(await arrived(ordered, "b/0")).id}/replay`);
  await watch.allAccepted(events(["a", "b"], 1, 3));
});
