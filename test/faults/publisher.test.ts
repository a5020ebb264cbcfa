// Mean and slow publishers at the door, all at once, beside an honest one. Whatever can be read as a request is answered with a
// 4xx that says what is wrong; nothing fails inside, memory stays bounded, and every event of the honest one is acknowledged and
// delivered. `SOAK_PUBLISHER` makes the crowds so many times larger and waits until the slow ones, and those that never read, were sent away.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import test from "node:test";
import type { TestContext } from "node:test";
import { readRunning } from "../../server/src/instance.ts";
import { createTestDatabase } from "../database.ts";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import { adminKey, makeProgram } from "../program.ts";
import type { Program } from "../program.ts";
import { startLoad } from "./load.ts";
import { assertAllSigned, assertNothingElse, assertOneIdEach, everythingArrived, everythingRecorded } from "./promises.ts";
import { event, meanBatches, meanBodies, meanTopic, strangeItems } from "./publisher-bodies.ts";
import type { Case } from "./publisher-bodies.ts";
import { meanRequests } from "./publisher-requests.ts";
import { answerOn, answerTo, closed, open, publish, request } from "./publisher-socket.ts";
import type { Bytes, RawAnswer } from "./publisher-socket.ts";

const times = Number(process.env["SOAK_PUBLISHER"] ?? 1);
const ticket = "ticket.created";
const mib = 1024 ** 2;
/** How much larger the program may become at any moment: its item cache alone may take 64, eight of the largest bodies as much. */
const growthMaxMib = 400;
const casesAtOnce = 4;
const slowEach = 50 * times;
const dripEveryMs = 100;
/** A request may take half a minute. */
const sentAwayWithinMs = 60_000;
/** Whoever reads nothing has a minute and a half, counted again when a last piece still went out. */
const cutOffWithinMs = 200_000;
/** The most that may be open on one connection. */
const requestsUnread = 16;
const established = "01";
const openapiFile = new URL("../../openapi.json", import.meta.url);
const json = "Content-Type: application/json";

type World = { readonly program: Program; readonly port: number; readonly sockets: Socket[] };

test("mean and slow publishers get clear answers, and an honest one notices nothing", async (t) => {
  const { program, ledger, receivers } = await start(t);
  const world: World = { program, port: program.port, sockets: [] };
  const load = startLoad(t, program, "ext:w", [ticket]);
  await load.moreAcknowledged(500);
  const before = memoryOf(program);
  const slow = beSlow(t, world);
  const unread = stopReading(world);

  for (let round = 0; round < times; round++) {
    for (const [what, cases] of Object.entries({ bodies: meanBodies, batches: meanBatches, requests: meanRequests })) {
      await t.test(`mean ${what} are answered with what is wrong`, async () => judgeAll(world, cases));
    }
    await t.test("one poisonous line fails alone", async () => poisonousLine(program));
    await t.test("whoever sends more than is taken hears so, and is not listened to for ever", async () => endless(world));
    await t.test("a publisher that asks on and on and never reads is cut off", async () => neverReads(world));
    await t.test("uploads that break off leave nothing behind", async () => breaksOff(world));
    await t.test("connections by the hundred without a word", async () => idle(world));
  }
  await t.test("whoever never reads what it has asked for is cut off", async () => endUnread(world, unread));
  await t.test("slow requests cost nobody else anything, and are sent away", async () => endSlow(world, slow));
  await t.test("strange items that are JSON arrive as they were written", async () => strange(t, program));

  await load.stop();
  const others = new Set(load.answers.map(({ status }) => status)).difference(new Set([202]));
  assert.deepEqual(others, new Set(), "the honest publisher was refused");
  assert.equal(load.acknowledged.length, load.published.size);
  await everythingArrived(load.acknowledged, receivers);
  await everythingRecorded(program);
  assertOneIdEach([ledger]);
  assertAllSigned([ledger]);
  assertNothingElse(load.published, receivers);
  assert.deepEqual(failuresSaid(program), []);
  assert.ok(program.isRunning);
  const after = memoryOf(program);
  t.diagnostic(`${load.acknowledged.length} acknowledged; resident ${before.now} MiB before, ${after.most} at most, ${after.now} after`);
  assert.ok(after.most - before.now <= growthMaxMib, `it grew from ${before.now} to ${after.most} MiB`);
});

async function start(t: TestContext) {
  const database = await createTestDatabase();
  const allowed = { BELLHOP_ALLOW_HTTP: "true", BELLHOP_ALLOW_NETWORKS: "127.0.0.0/8" };
  const program = await makeProgram(t, { DATABASE_URL: database.url, ...allowed });
  t.after(() => database.drop());
  await program.start();
  const ledger = await makeLedger(t);
  const app = await program.makeApp("w", [{ url: `${ledger.url}/honest`, topics: [ticket] }]);
  ledger.secret = app.secret;
  return { program, ledger, receivers: [{ ledger, path: "/honest", topics: [ticket] }] };
}

async function judgeAll({ port }: World, cases: readonly Case[]): Promise<void> {
  const left = cases.values();
  const judge = async (): Promise<void> => {
    for (const { what, bytes, status, code } of left) {
      const answer = await answerTo(port, bytes);
      assert.deepEqual([answer.status, answer.code], [status, code], `${what}: ${answer.text.slice(0, 500)}`);
      assert.equal(answer.text.match(/HTTP\/1\.1 \d/g)?.length ?? 0, status === 0 ? 0 : 1, `${what}: answered more than once`);
    }
  };
  await Promise.all(Array.from({ length: casesAtOnce }, judge));
}

type Line = { line: number; id?: string; code?: string };

async function poisonousLine(program: Program): Promise<void> {
  const lines = Array.from({ length: 100 }, (_, index) => event(`{"id":"line-${index}"}`));
  lines[40] = event('{"a":"\\ud800"}');
  lines[60] = `{"a":${"[".repeat(100_000)}`;
  const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/x-ndjson" };
  const answer = await fetch(`${program.url}/v1/events/batch`, { method: "POST", headers, body: lines.join("\n") });
  const { accepted, refused, results } = (await answer.json()) as { accepted: number; refused: number; results: Line[] };
  assert.deepEqual([answer.status, accepted, refused], [202, 98, 2]);
  assert.deepEqual(
    results.filter(({ id }) => id === undefined).map(({ line, code }) => [line, code]),
    [
      [40, "invalid_json"],
      [60, "invalid_json"],
    ],
  );
}

/** One goes on sending chunks after its answer: it is read no longer than any request may take. */
async function endless(world: World): Promise<void> {
  const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
  const pieces = (): ReadableStream => ReadableStream.from(Array.from({ length: 512 }, () => Buffer.alloc(mib / 16, " ")));
  for (const body of [Buffer.alloc(32 * mib, " "), pieces(), Buffer.alloc(9 * mib, " "), pieces(), pieces()]) {
    const answer = await fetch(`${world.program.url}/v1/events`, { method: "POST", headers, body, duplex: "half" });
    assert.deepEqual([answer.status, ((await answer.json()) as Line).code], [413, "payload_too_large"]);
  }
  const socket = open(world.port);
  world.sockets.push(socket);
  socket.write(request({ headers: [json, "Transfer-Encoding: chunked"] }));
  const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536, " "), Buffer.from("\r\n")]);
  const more = (): void => void (socket.destroyed || socket.write(chunk, more));
  more();
  const { status, code } = await answerOn(socket);
  assert.deepEqual([status, code], [413, "payload_too_large"]);
}

/** What it has asked by then is answered into a window that is closed; the rest is not even looked at. */
async function neverReads({ port, sockets }: World): Promise<void> {
  const one = publish({ body: event('{"id":"unread"}') }).toString("latin1");
  const greedy = Array.from({ length: 10 * times }, () => open(port).pause());
  sockets.push(...greedy);
  for (const socket of greedy) socket.write(one.repeat(5_000));
  await eventually(() => (greedy.every(({ bytesWritten }) => bytesWritten > 0) ? true : null));
  for (const socket of greedy) socket.resume();
  await eventually(() => (greedy.every(({ destroyed }) => destroyed) ? true : null));
}

async function breaksOff({ port }: World): Promise<void> {
  const uploads = Array.from({ length: 100 * times }, async () => {
    const socket = open(port);
    socket.write(request({ headers: [json, "Content-Length: 200000"] }));
    socket.write(Buffer.alloc(100_000, " "), () => socket.resetAndDestroy());
    await closed(socket);
  });
  await Promise.all(uploads);
}

async function idle({ port, sockets }: World): Promise<void> {
  const idle = Array.from({ length: 300 * times }, () => open(port));
  sockets.push(...idle);
  await Promise.all(idle.map(async (socket) => once(socket, "connect")));
}

/** Headers and bodies that come a byte at a time, bodies that stop half-way, nothing at all. Gives what they are answered. */
function beSlow(t: TestContext, { port, sockets }: World): Promise<RawAnswer[]> {
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  const slow = (begin: Bytes, drip: string | null): Socket[] =>
    Array.from({ length: slowEach }, () => {
      const socket = open(port);
      socket.write(begin);
      if (drip !== null) {
        const dripping = setInterval(() => socket.write(drip), dripEveryMs);
        socket.once("close", () => clearInterval(dripping));
      }
      return socket;
    });
  const made = [
    ...slow(request({ headers: [json] }).subarray(0, -2), "X: 1\r\n"),
    ...slow(request({ headers: [json, "Content-Length: 1000"] }), " "),
    ...slow(request({ headers: [json, "Content-Length: 100000"] }), null),
    ...slow("POST /v1/events HT", null),
    ...slow("\r\n", "\r\n"),
    ...slow("", null),
  ];
  sockets.push(...made);
  const answers = Promise.all(made.map(async (socket) => answerOn(socket, sentAwayWithinMs)));
  // Looked at in the end; it may fail before.
  answers.catch(() => undefined);
  return answers;
}

/** Half a minute is longer than this test: they are waited for only with `SOAK_PUBLISHER`. */
async function endSlow({ sockets }: World, slow: Promise<RawAnswer[]>): Promise<void> {
  if (times === 1) sockets.forEach((socket) => socket.destroy());
  const codes = new Set((await slow).map(({ code }) => code));
  assert.deepEqual(codes.difference(new Set(times === 1 ? ["request_timeout", null] : ["request_timeout"])), new Set());
}

/** They ask for no more than they may, and for much. */
function stopReading({ port, sockets }: World): Socket[] {
  const unread = Array.from({ length: 5 }, () => open(port).pause());
  sockets.push(...unread);
  for (const socket of unread) socket.write(request({ method: "GET", path: "/openapi.json" }).toString("latin1").repeat(requestsUnread));
  return unread;
}

/** They hear of it only when they read on; until then it is seen at the server's end. Waited for only with `SOAK_PUBLISHER`. */
async function endUnread({ port }: World, unread: readonly Socket[]): Promise<void> {
  const isServed = ({ localPort }: Socket): boolean => connectionsOf(port).has(localPort);
  if (times === 1) {
    assert.ok(unread.every(isServed));
    for (const socket of unread) socket.destroy();
    return;
  }
  await eventually(() => (unread.some(isServed) ? null : true), cutOffWithinMs);
  const all = requestsUnread * statSync(openapiFile).size;
  for (const socket of unread) {
    const over = closed(socket);
    socket.resume();
    await over;
    assert.ok(socket.bytesRead < all, "it was answered, not cut off");
  }
}

/** The ports at the other end of what is connected to this one. */
function connectionsOf(port: number): Set<number | undefined> {
  const lines = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => readFileSync(file, "latin1").split("\n"));
  const ends = lines.map((line) => line.trim().split(/[\s:]+/)).map(([, , local, , remote, state]) => ({ local, remote, state }));
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return new Set(
    ends.filter(({ local, state }) => local === hex && state === established).map(({ remote }) => Number.parseInt(remote ?? "", 16)),
  );
}

/** Each arrives with its tokens as they were, only the white space between them gone. */
async function strange(t: TestContext, program: Program): Promise<void> {
  const bodies: string[] = [];
  const receiver = createServer((asked, answer) => {
    void text(asked).then((body) => bodies.push(body) && answer.end());
  });
  await once(receiver.listen(0, "127.0.0.1"), "listening");
  t.after(() => receiver.close());
  const { port } = receiver.address() as AddressInfo;
  await program.makeApp("w", [{ url: `http://127.0.0.1:${port}/`, topics: [meanTopic] }]);
  for (const item of strangeItems) {
    const { status } = await answerTo(program.port, publish({ body: event(item) }));
    assert.equal(status, 202, item.slice(0, 200));
  }
  await eventually(() => {
    const missing = strangeItems.filter((item) => !bodies.some((body) => body.includes(`"item":${item}}`)));
    assert.deepEqual(
      missing.map((item) => item.slice(0, 200)),
      [],
    );
    return true;
  });
}

function failuresSaid(program: Program): string[] {
  return program.output.split("\n").filter((line) => /"level":[56]0|unhandled|uncaught/i.test(line));
}

function memoryOf(program: Program): { now: number; most: number } {
  const pid = readRunning(program.dataDir)?.pid;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string): number => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1024);
  return { now: of("VmRSS"), most: of("VmHWM") };
}
