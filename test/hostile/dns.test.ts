// What name servers do to a sender, and what must become of it: each delivery ends in time with the right reason, no socket goes
// anywhere but to an address that was judged, and no name is the worse for another one. The name server is ours and real; the
// network behind the addresses is pretended: what is contacted is written down and led to a receiver on loopback.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { after, before, describe, it } from "node:test";
import { compilePolicy } from "../../server/src/deliver/address.ts";
import type { Answer } from "../../server/src/deliver/answer.ts";
import { CachedResolver, FOUND_MS_MAX, NAMES_MAX } from "../../server/src/deliver/resolver.ts";
import { dnsLookup } from "../../server/src/deliver/resolver-dns.ts";
import type { Sender } from "../../server/src/deliver/sender.ts";
import { eventually } from "../eventually.ts";
import { dnsCases } from "./dns-cases.ts";
import { startNameServer } from "./dns-server.ts";
import type { NameServer, Zone } from "./dns-server.ts";
import { answers, startReceiver } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";
import { exchangeTo, localPolicy, localSender } from "./sending.ts";

const good = "93.184.216.34";
const other = "93.184.216.35";
const bait = "9.9.9.9";
const deadlineMs = 2_000;
const slackMs = 500;
/** A question that was lost is asked again after a second. */
const undisturbedMs = 800;
const aDayS = 86_400;

let receiver: Receiver;
let closing: Receiver;
before(async () => {
  receiver = await startReceiver(answers(200));
  closing = await startReceiver(answers(200, ["connection: close"]));
});
after(() => Promise.all([receiver.close(), closing.close()]));

type World = { sender: Sender; server: NameServer; contacted: string[]; clock: { aheadMs: number }; close(): Promise<unknown> };

/** `to`: who stands behind every address. */
async function startWorld(zone: Zone, to: Receiver): Promise<World> {
  const server = await startNameServer(zone);
  const contacted: string[] = [];
  const clock = { aheadMs: 0 };
  const sender = localSender({
    rules: compilePolicy({ ...localPolicy, local: false }),
    resolver: new CachedResolver(dnsLookup([server.address]), () => performance.now() + clock.aheadMs),
    dial: (address) => {
      contacted.push(address);
      return Object.defineProperty(connect(to.port, "127.0.0.1"), "remoteAddress", { value: address });
    },
  });
  const close = (): Promise<unknown> => Promise.all([sender.close(), server.close()]);
  return { sender, server, contacted, clock, close };
}

let pools = 0;
const exchange = (host: string, timeoutMs = deadlineMs) => exchangeTo(`http://${host}/in`, { pool: `pool_${pools++}`, timeoutMs });

/** What this process itself was late meanwhile. */
function watchDelay(): () => number {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return () => {
    delay.disable();
    return delay.max / 1e6;
  };
}

describe("to a name for which the name servers answer", () => {
  const cases = Object.entries(dnsCases(good, bait)).map(([name, each], index) => ({ name, each, host: `case${index}.example.com` }));
  const ended = new Map<string, { answer: Answer; tookMs: number }>();
  let world: World;
  let delayMs = 0;
  before(async () => {
    const zones = new Map(cases.map(({ host, each }) => [host, each.zone]));
    const zone: Zone = (question) => zones.get(question.name)?.(question) ?? null;
    world = await startWorld(zone, receiver);
    const delay = watchDelay();
    await Promise.all(
      cases.map(async ({ name, each, host }) => {
        const began = performance.now();
        const answer = await world.sender.send(exchange(host, each.timeoutMs));
        ended.set(name, { answer, tookMs: performance.now() - began });
      }),
    );
    delayMs = delay();
  });
  after(() => world.close());

  for (const { name, each } of cases) {
    it(`${name}: ${each.failure ?? "delivered"}`, () => {
      const { answer, tookMs } = ended.get(name) as { answer: Answer; tookMs: number };
      assert.equal(answer.failure, each.failure);
      if (each.says) assert.match(answer.detail ?? "", each.says);
      if (each.failure === "address_refused") assert.equal(answer.detail, null, "it says what lies behind the guard");
      const limitMs = (each.withinMs ?? each.timeoutMs ?? deadlineMs) + slackMs + delayMs;
      assert.ok(tookMs < limitMs, `took ${Math.round(tookMs)} ms of ${Math.round(limitMs)}`);
    });
  }

  it("and nothing was contacted but the good address", () => {
    assert.deepEqual(new Set(world.contacted), new Set([good]));
  });
});

describe("a name that changes its address", () => {
  const rebinding =
    (first: string, then: string): Zone =>
    ({ type, nth }) => ({ records: type === "A" ? [{ type: "A", data: nth === 1 ? first : then, ttlS: 0 }] : [] });

  it("is connected to where it was judged to be, without another question", async (t) => {
    const { sender, server, contacted, close } = await startWorld(rebinding(good, "10.0.0.1"), receiver);
    t.after(close);
    const answer = await sender.send(exchange("rebinding.example.com"));
    assert.deepEqual([answer.failure, answer.address, contacted], [null, good, [good]]);
    assert.deepEqual(server.questions.map(({ type }) => type).toSorted(), ["A", "AAAA"]);
  });

  it("is judged anew for each connection when it may not be remembered", async (t) => {
    const { sender, contacted, close } = await startWorld(rebinding(good, "169.254.169.254"), closing);
    t.after(close);
    const url = exchange("rebinding.example.com");
    assert.equal((await sender.send(url)).failure, null);
    assert.equal((await sender.send(url)).failure, "address_refused");
    assert.deepEqual(contacted, [good]);
  });

  it("is not asked for again while a connection is kept", async (t) => {
    const { sender, server, contacted, close } = await startWorld(rebinding(good, "10.0.0.1"), receiver);
    t.after(close);
    const url = exchange("rebinding.example.com");
    const failures = [await sender.send(url), await sender.send(url), await sender.send(url)].map(({ failure }) => failure);
    assert.deepEqual([failures, contacted, server.questions.length], [[null, null, null], [good], 2]);
  });

  it("is followed after half a minute, whatever it asked for", async (t) => {
    const zone: Zone = ({ type, nth }) => ({ records: type === "A" ? [{ type, data: nth === 1 ? good : other, ttlS: aDayS }] : [] });
    const { sender, contacted, clock, close } = await startWorld(zone, closing);
    t.after(close);
    const url = exchange("moving.example.com");
    await sender.send(url);
    clock.aheadMs = FOUND_MS_MAX - 5_000;
    await sender.send(url);
    clock.aheadMs = FOUND_MS_MAX;
    await sender.send(url);
    assert.deepEqual(contacted, [good, good, other]);
  });
});

describe("a name", () => {
  const trouble: Record<string, Zone> = {
    silent: () => null,
    garbage: () => ({ spoil: (message) => [Buffer.concat([message.subarray(0, 2), Buffer.alloc(100, 0xff)])] }),
    truncated: ({ over }) => (over === "tcp" ? null : { truncated: true }),
    huge: ({ over }) =>
      over === "tcp" ? { records: Array.from({ length: 4_000 }, () => ({ type: "A", data: good })) } : { truncated: true },
  };
  const zone: Zone = (question) => {
    const found = trouble[question.name.replace(/\d*\..*/, "")];
    if (found) return found(question);
    return { records: question.type === "A" ? [{ type: "A", data: good }] : [] };
  };
  const many = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${name}${index}.example.com`);

  it("is not the worse for hundreds of others in trouble", async (t) => {
    const { sender, close } = await startWorld(zone, closing);
    t.after(close);
    const delay = watchDelay();
    const bad = [many("silent", 300), many("garbage", 100), many("truncated", 60), many("huge", 5)].flat();
    const inTrouble: Promise<Answer>[] = [];
    const took: number[] = [];
    const failures = new Set<string | null>();
    for (let turn = 0; turn < 40; turn++) {
      const worse = bad.filter((_, index) => index % 40 === turn);
      inTrouble.push(...worse.map((host) => sender.send(exchange(host, 1_500))));
      const began = performance.now();
      const sent = await Promise.all(many(`healthy${turn}x`, 5).map((host) => sender.send(exchange(host))));
      took.push(performance.now() - began);
      for (const { failure } of sent) failures.add(failure);
    }
    const slowestMs = Math.max(...took);
    const ended = new Set((await Promise.all(inTrouble)).map(({ failure }) => failure));
    const delayMs = delay();
    assert.deepEqual([...failures], [null]);
    assert.ok(slowestMs < undisturbedMs + delayMs, `${Math.round(slowestMs)} ms, event loop ${Math.round(delayMs)} ms`);
    assert.deepEqual(ended, new Set(["timeout", "dns", null]));
    t.diagnostic(
      `slowest of ${took.length * 5}: ${slowestMs.toFixed(0)} ms beside ${bad.length}; event loop at most ${delayMs.toFixed(0)} ms late`,
    );
  });

  it("leaves no socket behind", async (t) => {
    const { sender, close } = await startWorld(zone, closing);
    t.after(close);
    const open = (): number => readdirSync("/proc/self/fd").length;
    const before = open();
    const sent = many("silent", 100).map((host) => sender.send(exchange(host, 500)));
    await eventually(() => (open() >= before + 100 ? true : null));
    await Promise.all(sent);
    await eventually(() => (open() <= before + 2 ? true : null));
  });

  it("with thousands of addresses is known by a few of them", async (t) => {
    const server = await startNameServer(zone);
    t.after(() => server.close());
    const found = await dnsLookup([server.address])("huge.example.com");
    assert.ok("addresses" in found && found.addresses.length === 32);
  });

  it("is remembered among ten thousand, in bounded memory", async (t) => {
    const server = await startNameServer(zone);
    t.after(() => server.close());
    const resolver = new CachedResolver(dnsLookup([server.address]), () => 0);
    const ask = async (from: number, to: number): Promise<void> => {
      let next = from;
      const one = async (): Promise<void> => {
        while (next < to) await resolver.resolve(`n${next++}.example.com`);
      };
      await Promise.all(Array.from({ length: 50 }, one));
    };
    await ask(0, NAMES_MAX + 500);
    const asked = server.questions.length;
    await ask(NAMES_MAX, NAMES_MAX + 500);
    assert.equal(server.questions.length, asked, "one that was asked for just now is asked for again");
    await ask(0, 1);
    assert.equal(server.questions.length, asked + 2, "more names are remembered than may be");
  });
});
