// The sender by itself: what it keeps of an answer, how it measures, and how its connections live. What receivers do to it is in
// the tables of the rows beside this file.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, it, mock } from "node:test";
import { BODY_BYTES_MAX, HEADERS_KEPT_MAX } from "../../server/src/deliver/answer.ts";
import type { Answer, Exchange } from "../../server/src/deliver/answer.ts";
import type { Sender } from "../../server/src/deliver/sender.ts";
import { POOL_IDLE_MS } from "../../server/src/deliver/sender.ts";
import { BODY_CHUNKS_MAX, BODY_MS_MAX } from "../../server/src/deliver/sender-flight.ts";
import { punctually } from "./punctual.ts";
import { answers, answerText, drips, startReceiver, writes } from "./receiver.ts";
import type { Behaviour, Receiver, ReceiverOptions } from "./receiver.ts";
import { exchangeTo, localSender } from "./sending.ts";

const DEADLINE_MS = 600;

let sender: Sender;
const receivers: Receiver[] = [];
before(() => (sender = localSender()));
after(async () => {
  await sender.close();
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

async function receive(behaviour: Behaviour, options: ReceiverOptions = {}): Promise<Receiver> {
  const receiver = await startReceiver(behaviour, options);
  receivers.push(receiver);
  return receiver;
}

let pools = 0;

/** Sends once from a pool of its own and checks that it ended in time. */
async function sendTo(url: string, changes: Partial<Exchange> = {}): Promise<Answer> {
  pools += 1;
  const exchange = exchangeTo(url, { pool: `pool_${pools}`, timeoutMs: DEADLINE_MS, ...changes });
  return punctually(exchange.timeoutMs, () => sender.send(exchange));
}

async function sendToA(behaviour: Behaviour, changes: Partial<Exchange> = {}): Promise<Answer> {
  return sendTo((await receive(behaviour)).url, changes);
}

const ended = (answer: Answer) => [answer.failure, answer.phase, answer.status];

describe("what comes back", () => {
  it("a redirect is not followed, and its target is named", async () => {
    const target = await receive(answers(200));
    const answer = await sendToA(answers(307, [`location: ${target.url}`]));
    assert.equal(answer.failure, "redirect_refused");
    assert.equal(answer.detail, `It pointed to ${target.url}`);
    assert.equal(target.connections(), 0);
  });

  it("HEAD is answered like POST", async () => {
    const receiver = await receive(answers(405));
    assert.deepEqual(ended(await sendTo(receiver.url, { method: "HEAD", body: null })), ["status", null, 405]);
    assert.equal(receiver.requests[0]?.method, "HEAD");
  });
});

describe("time runs out", () => {
  it("for a resolver that never answers", async () => {
    const stalled = localSender({ resolver: { resolve: () => new Promise(() => {}) } });
    const answer = await stalled.send(exchangeTo("http://hooks.example.com/in", { timeoutMs: 200 }));
    assert.deepEqual(ended(answer), ["timeout", "dns", null]);
    assert.equal(answer.detail, "The name servers did not answer within 0.2 s.");
    await stalled.close();
  });

  it("for a connection that is never made, and the next send does not wait for it", async () => {
    const receiver = await receive(answers(200));
    const { Socket, connect } = await import("node:net");
    let dialled = 0;
    const deaf = localSender({ dial: (_address, port) => (dialled++ === 0 ? new Socket() : connect(port, "127.0.0.1")) });
    const first = await deaf.send(exchangeTo(receiver.url, { timeoutMs: 200, connections: 1 }));
    assert.deepEqual(ended(first), ["timeout", "connect", null]);
    assert.equal(first.detail, "The host did not react to the attempt to connect within 0.2 s.");
    const second = await deaf.send(exchangeTo(receiver.url, { timeoutMs: 200, connections: 1 }));
    assert.deepEqual(ended(second), [null, null, 200]);
    await deaf.close();
  });

  it("for a request that finds every connection busy", async () => {
    const receiver = await receive(() => {});
    const exchange = exchangeTo(receiver.url, { pool: "busy", connections: 1, timeoutMs: 400 });
    const [first, second] = await Promise.all([sender.send(exchange), sender.send({ ...exchange, timeoutMs: 200 })]);
    assert.deepEqual(ended(first), ["timeout", "first_byte", null]);
    assert.deepEqual(ended(second), ["timeout", "connect", null]);
    assert.equal(first.detail, "The request was sent, but no complete answer came within 0.4 s.");
    assert.equal(second.detail, "No connection to the endpoint became free of earlier requests within 0.2 s.");
    assert.equal(receiver.requests.length, 1);
  });
});

describe("a body that does not end", () => {
  it("is left after a second, whatever the deadline", async () => {
    const receiver = await receive(drips("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", "x", 50));
    const answer = await punctually(BODY_MS_MAX, () => sender.send(exchangeTo(receiver.url, { timeoutMs: 10_000 })));
    assert.deepEqual([answer.failure, answer.phase, answer.bodyTruncated], [null, "body", true]);
    assert.ok(answer.body.length > 0 && answer.body.length < 30);
  });
});

describe("what is kept of an answer", () => {
  it("the body as received, to its limit", async () => {
    const small = await sendToA(answers(500, ["content-type: text/plain"], "it broke: ü"));
    assert.deepEqual([small.body.toString(), small.bodyTruncated, small.bodyError], ["it broke: ü", false, null]);
    const large = await sendToA(answers(200, [], "x".repeat(1_000_000)));
    assert.deepEqual([large.failure, large.body.length, large.bodyTruncated], [null, BODY_BYTES_MAX, true]);
  });

  it("a body that comes in crumbs, to so many of them: each costs more than it says", async () => {
    const crumbs = "1\r\nx\r\n".repeat(BODY_CHUNKS_MAX * 2);
    const answer = await sendToA(writes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", crumbs));
    assert.deepEqual([answer.failure, answer.body.length, answer.bodyTruncated], [null, BODY_CHUNKS_MAX, true]);
  });

  it("a bounded number of headers, and Retry-After as it came", async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `x-${index}: 1`);
    const answer = await sendToA(answers(429, ["Retry-After: Wed, 21 Oct 2015 07:28:00 GMT", ...many]));
    assert.equal(answer.headers.length, HEADERS_KEPT_MAX);
    assert.deepEqual(answer.headers[0], ["retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"]);
    assert.equal(answer.retryAfter, "Wed, 21 Oct 2015 07:28:00 GMT");
    const twice = await sendToA(answers(503, ["retry-after: 1", "retry-after: 2"]));
    assert.equal(twice.retryAfter, "1, 2");
  });
});

describe("times", () => {
  it("are measured for each step of a new connection and for none of a reused one", async () => {
    const receiver = await receive(answers(200), { certificate: "good" });
    const exchange = exchangeTo(receiver.url, { pool: "measured" });
    const first = await sender.send(exchange);
    for (const us of [first.dnsUs, first.connectUs, first.tlsUs, first.firstByteUs]) assert.ok(us !== null && us >= 0);
    assert.ok((first.tlsUs ?? 0) > 0 && first.totalUs >= (first.firstByteUs ?? 0));
    const second = await sender.send(exchange);
    assert.deepEqual([second.dnsUs, second.connectUs, second.tlsUs, second.address], [null, null, null, "127.0.0.1"]);
    assert.equal(receiver.connections(), 1);
  });
});

describe("connections", () => {
  it("are used again after ordinary answers, and closed by close()", async () => {
    const receiver = await receive(answers(200, [], "ok"));
    const own = localSender();
    for (let sent = 0; sent < 5; sent += 1) assert.equal((await own.send(exchangeTo(receiver.url))).failure, null);
    assert.equal((await own.send(exchangeTo(`${receiver.url}/other?x=1`))).failure, null);
    assert.equal(receiver.connections(), 1);
    assert.equal(receiver.requests.at(-1)?.path, "/in/other?x=1");
    await own.close();
    await retry(() => assert.equal(receiver.open(), 0));
    assert.equal((await own.send(exchangeTo(receiver.url))).failure, "internal");
  });

  it("are as many as allowed, and the rest waits its turn", async () => {
    const receiver = await receive((socket) => setTimeout(() => socket.write(answerText(200)), 20));
    const sent = Array.from({ length: 12 }, () => sender.send(exchangeTo(receiver.url, { pool: "many", connections: 3 })));
    for (const answer of await Promise.all(sent)) assert.equal(answer.failure, null);
    assert.equal(receiver.connections(), 3);
  });

  it("of a subscription that sends nothing are closed after a minute", async () => {
    const receiver = await receive(answers(200));
    let ms = 0;
    mock.timers.enable({ apis: ["setInterval"] });
    const own = localSender({ clock: { wallMs: () => ms, monotonicMs: () => ms } });
    await own.send(exchangeTo(receiver.url));
    ms = POOL_IDLE_MS;
    mock.timers.tick(10_000);
    assert.equal((await own.send(exchangeTo(receiver.url))).connectUs, null, "too early");
    ms += POOL_IDLE_MS + 1;
    mock.timers.tick(10_000);
    mock.timers.reset();
    await retry(() => assert.equal(receiver.open(), 0));
    assert.equal((await own.send(exchangeTo(receiver.url))).failure, null);
    assert.equal(receiver.connections(), 2);
    await own.close();
  });

  it("are never shared by two subscriptions at one origin", async () => {
    const receiver = await receive(answers(200));
    for (const pool of ["one", "two", "one", "two"]) await sender.send(exchangeTo(receiver.url, { pool }));
    assert.deepEqual(
      receiver.requests.map((request) => request.connection),
      [1, 2, 1, 2],
    );
  });

  it("move when the URL moves to another origin", async () => {
    const [old, moved] = [await receive(answers(200)), await receive(answers(200))];
    await sender.send(exchangeTo(old.url, { pool: "moving" }));
    await sender.send(exchangeTo(moved.url, { pool: "moving" }));
    await retry(() => assert.equal(old.open(), 0));
    assert.deepEqual([old.requests.length, moved.requests.length], [1, 1]);
  });

  it("to a port where nobody listens are refused", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, "close");
    const answer = await sendTo(`http://localhost:${port}/in`);
    assert.deepEqual([answer.failure, answer.detail], ["connect", "The connection was refused: nothing listens on that port."]);
  });
});

describe("the sender itself", () => {
  it("never throws: what cannot be sent is an answer, and its cause is reported", async () => {
    const causes: Error[] = [];
    const own = localSender({ report: (cause) => causes.push(cause) });
    const answer = await own.send(exchangeTo("http://localhost:3000/in", { headers: ["bad name", "x"] }));
    assert.equal(answer.failure, "internal");
    assert.equal(causes.length, 1);
    assert.equal((await own.send(exchangeTo("not a url"))).failure, "address_refused");
    assert.equal((await own.send(exchangeTo("https://user@example.com/"))).failure, "address_refused");
    await own.close();
  });

  it("waits in close() for what is under way", async () => {
    const receiver = await receive((socket) => setTimeout(() => socket.write(answerText(200)), 50));
    const own = localSender();
    const sent = own.send(exchangeTo(receiver.url));
    await own.close();
    assert.equal((await sent).failure, null);
  });
});

/** Until the assertion holds, or two seconds. */
async function retry(assertion: () => void): Promise<void> {
  const until = performance.now() + 2_000;
  for (;;) {
    try {
      return assertion();
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((turn) => setTimeout(turn, 5));
    }
  }
}
