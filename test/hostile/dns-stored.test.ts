// The same trouble with names through the door: what is stored of each attempt, what its owner reads, how long it took; and that
// an endpoint with a sound name notices nothing of it. Name server, receiver and network are real, on loopback: one of its
// addresses may be sent to, the others have a listener that must never hear anything.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import test from "node:test";
import type { TestContext } from "node:test";
import type { Attempt } from "@bellhop/contract/notifications";
import { dnsLookup } from "../../server/src/deliver/resolver-dns.ts";
import { eventually } from "../eventually.ts";
import { startTestProgram } from "../in-process.ts";
import type { TestProgram } from "../in-process.ts";
import { dnsCases } from "./dns-cases.ts";
import type { DnsCase } from "./dns-cases.ts";
import { startNameServer } from "./dns-server.ts";
import type { Zone } from "./dns-server.ts";
import { answers, startReceiver } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";

const good = "127.0.0.1";
/** It passes the guard, as an address would that a forger has on the internet. */
const bait = "127.0.0.2";
const forbidden = "127.0.0.3";
const topic = "ticket.created";
const healthyEvents = 30;
const defaultTimeoutMs = 2_000;
const slackMs = 500;
/** An answer that was lost is asked for again after a second. */
const healthyWithinMs = 800;
const subscriptionsPerApp = 40;

type Named = DnsCase & { readonly name: string; readonly host: string };

/** Listens where nothing may arrive; gives how often somebody came. */
async function startTrap(t: TestContext, address: string, port: number): Promise<() => number> {
  let came = 0;
  const trap = createServer((socket) => {
    came += 1;
    socket.destroy();
  }).listen(port, address);
  await once(trap, "listening");
  t.after(() => trap.close());
  return () => came;
}

/** Subscriptions to one topic in a workspace of their own, in as many apps as it takes. Gives the case of each. */
async function subscribe(program: TestProgram, workspace: string, cases: readonly Named[], port: number): Promise<Map<string, Named>> {
  await program.must("POST", "/v1/workspaces", { id: workspace, name: "A Workspace", kind: "paid", region: "us" });
  const made = new Map<string, Named>();
  for (let from = 0; from < cases.length; from += subscriptionsPerApp) {
    const app = await program.must<{ id: string }>("POST", "/v1/apps", {
      name: "An App",
      workspace_id: workspace,
      permissions: ["read_tickets"],
    });
    for (const each of cases.slice(from, from + subscriptionsPerApp)) {
      const wanted = {
        url: `http://${each.host}:${port}/in`,
        topics: [topic],
        timeout_ms: each.timeoutMs ?? defaultTimeoutMs,
        policy: { waits_s: [3_600] },
      };
      const { id } = await program.must<{ id: string }>("POST", `/v1/apps/${app.id}/subscriptions?verify=false`, wanted);
      made.set(id, each);
    }
  }
  return made;
}

async function publish(program: TestProgram, workspace: string, name: string): Promise<string> {
  const { id } = await program.publish({ workspace_id: workspace, topic, item: { type: "ticket", id: name } });
  return id;
}

type Made = { notifications: { id: string; subscription: string }[] };

async function firstAttempts(program: TestProgram, event: string): Promise<Map<string, Attempt>> {
  const { notifications } = await program.must<Made>("GET", `/v1/events/${event}`);
  const found = new Map<string, Attempt>();
  for (const { id, subscription } of notifications) {
    const attempt = await eventually(
      async () => (await program.must<{ data: Attempt[] }>("GET", `/v1/notifications/${id}/attempts`)).data[0] ?? null,
    );
    found.set(subscription, attempt);
  }
  return found;
}

/** Publishes one after the other; gives the milliseconds until each has arrived. */
async function publishHealthy(program: TestProgram, workspace: string, receiver: Receiver): Promise<number[]> {
  const took: number[] = [];
  const arrived = (name: string): true | null => (receiver.requests.some(({ body }) => body.includes(`"${name}"`)) ? true : null);
  for (let turn = 0; turn < healthyEvents; turn++) {
    const began = performance.now();
    await publish(program, workspace, `healthy-${turn}`);
    await eventually(() => arrived(`healthy-${turn}`));
    took.push(performance.now() - began);
  }
  return took;
}

function assertStored(attempt: Attempt | undefined, { name, failure, says, timeoutMs, withinMs }: Named, delayMs: number): void {
  assert.equal(attempt?.failure?.reason ?? null, failure, name);
  if (says) assert.match(attempt?.failure?.detail ?? "", says, name);
  assert.equal(attempt?.address ?? null, failure === null ? good : null, name);
  const limitMs = (withinMs ?? timeoutMs ?? defaultTimeoutMs) + slackMs + delayMs;
  const tookMs = attempt?.timings_ms.total ?? Infinity;
  assert.ok(tookMs < limitMs, `${name}: ${Math.round(tookMs)} ms of ${Math.round(limitMs)}`);
}

test("each attempt to a name in trouble is stored with its reason, in time, and holds nobody else up", async (t) => {
  const cases: Named[] = Object.entries(dnsCases(good, bait)).map(([name, each], index) => ({
    ...each,
    name,
    host: `case${index}.example.com`,
  }));
  const healthy: Named = { name: "a sound name", host: "healthy.example.com", zone: soundZone(), failure: null };
  const zones = new Map([...cases, healthy].map(({ host, zone }) => [host, zone]));
  const names = await startNameServer((question) => zones.get(question.name)?.(question) ?? null);
  t.after(() => names.close());
  // Every request needs a connection of its own, and each connection its own answer of the name server.
  const receiver = await startReceiver(answers(200, ["connection: close"]));
  t.after(() => receiver.close());
  const traps = [await startTrap(t, bait, receiver.port), await startTrap(t, forbidden, receiver.port)];
  const program = await startTestProgram(t, {
    lookup: dnsLookup([names.address]),
    allowHttp: true,
    allowHosts: [...zones.keys()],
    allowNetworks: [`${good}/32`, `${bait}/32`],
  });
  const subscriptions = await subscribe(program, "troubled", cases, receiver.port);
  await subscribe(program, "sound", [healthy], receiver.port);

  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const event = await publish(program, "troubled", "one");
  const took = await publishHealthy(program, "sound", receiver);
  const attempts = await firstAttempts(program, event);
  delay.disable();
  const delayMs = delay.max / 1e6;
  for (const [subscription, each] of subscriptions) assertStored(attempts.get(subscription), each, delayMs);
  assert.deepEqual(
    traps.map((came) => came()),
    [0, 0],
    "somebody came where nothing may be sent to",
  );
  const slowestMs = Math.max(...took);
  assert.ok(slowestMs < healthyWithinMs + delayMs, `${Math.round(slowestMs)} ms, event loop ${Math.round(delayMs)} ms`);
  assert.ok(names.questions.filter(({ name }) => name === healthy.host).length >= healthyEvents, "the sound name was remembered");
  t.diagnostic(
    `${cases.length} names; a sound one's slowest of ${healthyEvents}: ${slowestMs.toFixed(0)} ms; event loop ${delayMs.toFixed(0)} ms`,
  );
});

test("a name that changes to a forbidden address between two connections is refused, and nobody comes there", async (t) => {
  const host = "rebinding.example.com";
  const zone: Zone = ({ type, nth }) => ({ records: type === "A" ? [{ type, data: nth === 1 ? good : forbidden, ttlS: 0 }] : [] });
  const names = await startNameServer(zone);
  t.after(() => names.close());
  const receiver = await startReceiver(answers(200, ["connection: close"]));
  t.after(() => receiver.close());
  const came = await startTrap(t, forbidden, receiver.port);
  const program = await startTestProgram(t, {
    lookup: dnsLookup([names.address]),
    allowHttp: true,
    allowHosts: [host],
    allowNetworks: [`${good}/32`],
  });
  await subscribe(program, "w", [{ name: "rebinding", host, zone, failure: null }], receiver.port);
  const stored: unknown[] = [];
  for (const name of ["first", "second"]) {
    const [attempt] = (await firstAttempts(program, await publish(program, "w", name))).values();
    stored.push([attempt?.failure?.reason ?? null, attempt?.address]);
  }
  assert.deepEqual(stored, [
    [null, good],
    ["address_refused", null],
  ]);
  assert.deepEqual([receiver.requests.length, came()], [1, 0]);
});

const soundZone =
  (): Zone =>
  ({ type }) => ({ records: type === "A" ? [{ type, data: good, ttlS: 0 }] : [] });
