// The network between the program and its PostgreSQL fails in every way that a network has, while events are published and
// delivered. The process itself never dies, so nothing may be sent twice: each attempt is one request. SEED repeats a run's
// choices, SOAK_TCP_ROUNDS makes it longer.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createTestDatabase } from "../database.ts";
import { eventually } from "../eventually.ts";
import { makeLedger, slowAndSometimesFailing } from "../ledger.ts";
import type { Ledger } from "../ledger.ts";
import { makeProgram } from "../program.ts";
import type { Program } from "../program.ts";
import { seededChance } from "./chance.ts";
import { assertKept } from "./kept.ts";
import { Load } from "./load.ts";
import type { Receiver } from "./promises.ts";
import { startTcpProxy } from "./tcp-proxy.ts";
import type { Conditions, TcpProxy } from "./tcp-proxy.ts";

const ticket = "ticket.created";
const conversation = "conversation.user.created";
const kinds = ["publish", "record", "scan", "read", "control", "lease"] as const;
/** With no kind: all connections at once. */
const everything = "";
const rounds = Number(process.env["SOAK_TCP_ROUNDS"] ?? 1);
const troubleMs = { least: 200, most: 1_200 };
const publishers = 6;
const eventsAtOnce = 2;
const publishEveryMs = 60;
const slowAnswerMs = 200;
const backlogBatches = 6;
/** How long a publish may wait at most: six seconds for its statement and five for a connection, or eleven for its key. */
const answeredMs = 11_000;
const connectMs = 5_000;
const leaseMs = 12_000;
/** After which the database ends the session of a lease that it does not hear of. */
const sessionMs = 15_000;
/** A busy machine. */
const slackMs = 3_000;

const silent: Conditions = { up: "swallow", down: "swallow" };
type Trouble = (proxy: TcpProxy, kind: string, chance: () => number) => void;
const troubles: Record<string, Trouble> = {
  slow: (proxy, kind, chance) => proxy.set(slowBy(20 + chance() * 80, 0), kind),
  "slow and unsteady": (proxy, kind, chance) => proxy.set(slowBy(0, 20 + chance() * 150), kind),
  silent: (proxy, kind) => proxy.set(silent, kind),
  "silent towards the database": (proxy, kind) => proxy.set({ up: "swallow", down: "pass" }, kind),
  "silent towards the program": (proxy, kind) => proxy.set({ up: "pass", down: "swallow" }, kind),
  cut: (proxy, kind) => proxy.close("cut", kind),
  reset: (proxy, kind) => proxy.close("reset", kind),
  refused: (proxy, kind) => proxy.refuse(kind),
};
/** Of these chance makes too few: a commit without its answer, and no connection to commit on. */
const always: readonly [kind: string, trouble: string][] = [
  ["publish", "silent towards the program"],
  ["publish", "refused"],
];

function slowBy(delayMs: number, jitterMs: number): Conditions {
  return { up: { delayMs, jitterMs }, down: { delayMs, jitterMs } };
}

type World = { proxy: TcpProxy; program: Program; ledger: Ledger; receivers: Receiver[] };

async function startWorld(t: TestContext, chance: () => number): Promise<World> {
  const database = await createTestDatabase();
  const { proxy, url } = await startTcpProxy(t, database.url, chance);
  const program = await makeProgram(t, { DATABASE_URL: url, BELLHOP_ALLOW_HTTP: "true", BELLHOP_ALLOW_NETWORKS: "127.0.0.0/8" });
  t.after(() => database.drop());
  await program.start();
  const ledger = await makeLedger(t);
  ledger.answer = slowAndSometimesFailing;
  const receivers: Receiver[] = [
    { ledger, path: "/all", topics: [ticket, conversation] },
    { ledger, path: "/tickets", topics: [ticket] },
  ];
  const policy = { waits_s: [1, 1, 2, 2, 2, 2, 2, 2] };
  const app = await program.makeApp(
    "w",
    receivers.map(({ path, topics }) => ({ url: ledger.url + path, topics, policy })),
  );
  ledger.secret = app.secret;
  return { proxy, program, ledger, receivers };
}

async function isReady({ program }: World): Promise<boolean> {
  return (await program.call("GET", "/readyz")).status === 200;
}

/** Every kind of connection has a trouble, every trouble comes about, three of them for all connections at once; in any order. */
function planOf(chance: () => number): [kind: string, trouble: string][] {
  const shuffled = <T>(all: readonly T[]): T[] =>
    all
      .map((each) => ({ each, at: chance() }))
      .toSorted((one, two) => one.at - two.at)
      .map(({ each }) => each);
  const names = shuffled(Object.keys(troubles));
  const some = shuffled(kinds).map((kind, index): [string, string] => [kind, names[index] as string]);
  const all = shuffled(names.slice(kinds.length - 1).concat(names[0] as string)).map((name): [string, string] => [everything, name]);
  return shuffled([...some, ...all, ...always]);
}

/** Keeps the connections busy that publishing and delivering need not; gives how long the slowest call took. */
function startReading(t: TestContext, program: Program): () => Promise<number> {
  const stopping = new AbortController();
  let slowestMs = 0;
  const read = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      for (const path of ["/v1/notifications?limit=1", "/v1/keys"]) {
        const { status, body } = await program.call("GET", path);
        assert.ok(status === 200 || status === 503, `${path}: ${status} ${JSON.stringify(body)}`);
      }
      slowestMs = Math.max(slowestMs, performance.now() - began);
      await pause(50);
    }
  };
  const reading = read();
  const stop = async (): Promise<number> => {
    stopping.abort();
    await reading;
    return slowestMs;
  };
  t.after(stop);
  return stop;
}

suite("between the program and its PostgreSQL", { concurrency: true }, () => {
  test("connections are slow, silent, cut and reset at random moments, and everything acknowledged is delivered", async (t) => {
    const { seed, chance } = seededChance();
    t.diagnostic(`SEED=${seed}`);
    const world = await startWorld(t, chance);
    const { proxy, program } = world;
    const { load, stop } = startPublishing(t, program);
    const stopReading = startReading(t, program);
    await load.moreAcknowledged(50);
    for (const [kind, name] of Array.from({ length: rounds }, () => planOf(chance)).flat()) {
      await eventually(() => (proxy.open(kind) > 0 ? true : null));
      (troubles[name] as Trouble)(proxy, kind, chance);
      await pause(troubleMs.least + chance() * (troubleMs.most - troubleMs.least));
      proxy.heal();
      await load.moreAcknowledged(10 + Math.floor(chance() * 60));
    }
    await eventually(async () => ((await isReady(world)) ? true : null));
    await load.moreAcknowledged(50);
    const slowestMs = Math.max(await stop(), await stopReading());
    const made = [...proxy.made].map(([kind, times]) => `${kind} ${times}`).join(", ");
    t.diagnostic(`${await assertKept(world, load)}; slowest call ${slowestMs.toFixed(0)} ms; connections made: ${made}`);
  });

  test("all connections fall silent: publishing is refused in time, sending stops, and it goes on when the network is back", async (t) => {
    const { chance } = seededChance();
    const world = await startWorld(t, chance);
    const { proxy, program, ledger } = world;
    const { load, stop } = startPublishing(t, program);
    await load.moreAcknowledged(100);
    proxy.set(silent);
    const silentSinceMs = performance.now();
    const sinceMs = (): number => performance.now() - silentSinceMs;
    await eventually(() => load.answers.some(({ status }) => status === 503) || null);
    const firstRefusalMs = sinceMs();
    assert.equal(await isReady(world), false);
    await pause(Math.max(0, leaseMs - sinceMs()));
    ledger.phase = 1;
    await pause(slackMs);
    const late = ledger.entries.filter(({ phase }) => phase === 1).length;
    ledger.phase = 2;
    proxy.openNew();
    const healedMs = sinceMs();
    await eventually(async () => ((await isReady(world)) ? true : null));
    await load.moreAcknowledged(100);
    const recoveredMs = sinceMs() - healedMs;
    const slowestMs = await stop();
    const told = `first refusal after ${firstRefusalMs.toFixed(0)} ms, slowest publish ${slowestMs.toFixed(0)} ms, recovered in ${recoveredMs.toFixed(0)} ms`;
    t.diagnostic(`${told}; ${await assertKept(world, load)}`);
    assert.equal(late, 0, "it still sends although it cannot know whether it may");
    assert.ok(firstRefusalMs < answeredMs + slackMs, told);
    assert.ok(slowestMs < answeredMs + slackMs, told);
    assert.ok(recoveredMs < sessionMs + connectMs + slackMs, told);
  });

  test("only the lease falls silent: publishing goes on, sending stops, and it goes on when the network is back", async (t) => {
    const { chance } = seededChance();
    const world = await startWorld(t, chance);
    const { proxy, program, ledger } = world;
    // More waits than can be sent until sending has to stop.
    ledger.answer = () => ({ status: 200, afterMs: slowAnswerMs });
    const { load, stop } = startPublishing(t, program);
    await load.moreAcknowledged(50);
    for (let batch = 0; batch < backlogBatches; batch++) await load.publish(100);
    proxy.set(silent, "lease");
    await pause(leaseMs);
    ledger.phase = 1;
    await load.moreAcknowledged(50);
    await stop();
    assert.deepEqual(
      ledger.entries.filter(({ phase }) => phase === 1),
      [],
      "it still sends although another process may believe that it is dead",
    );
    assert.equal(await isReady(world), false);
    ledger.answer = slowAndSometimesFailing;
    proxy.openNew();
    t.diagnostic(await assertKept(world, load));
  });
});

/** Several callers that wait for each answer; `stop` gives how long the slowest waited. */
function startPublishing(t: TestContext, program: Program): { load: Load; stop(): Promise<number> } {
  const load = new Load(program, "ext:w", [ticket, conversation, ticket]);
  const stopping = new AbortController();
  let slowestMs = 0;
  const publish = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      await load.publish(eventsAtOnce);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      await pause(publishEveryMs);
    }
  };
  const publishing = Promise.all(Array.from({ length: publishers }, publish));
  const stop = async (): Promise<number> => {
    stopping.abort();
    await publishing;
    return slowestMs;
  };
  t.after(stop);
  return { load, stop };
}
