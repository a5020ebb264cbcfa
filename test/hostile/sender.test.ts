// What hostile and broken receivers do, and what a sender must make of it: every exchange ends within its deadline with the
// right reason, and nothing that comes after a 2xx can take it back.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, it, mock } from "node:test";
import { gzipSync } from "node:zlib";
import { BODY_BYTES_MAX, HEADERS_KEPT_MAX } from "../../server/src/deliver/answer.ts";
import type { Answer, Exchange } from "../../server/src/deliver/answer.ts";
import type { Sender } from "../../server/src/deliver/sender.ts";
import { POOL_IDLE_MS } from "../../server/src/deliver/sender.ts";
import { BODY_MS_MAX } from "../../server/src/deliver/sender-flight.ts";
import { answers, answerText, drips, startReceiver, writes, writesAndCloses } from "./receiver.ts";
import type { Behaviour, Certificate, Receiver, ReceiverOptions } from "./receiver.ts";
import { exchangeTo, localSender } from "./sending.ts";

const DEADLINE_MS = 600;
const SLACK_MS = 400;

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
  const began = performance.now();
  const answer = await sender.send(exchangeTo(url, { pool: `pool_${pools}`, timeoutMs: DEADLINE_MS, ...changes }));
  const limit = (changes.timeoutMs ?? DEADLINE_MS) + SLACK_MS;
  assert.ok(performance.now() - began < limit, `took ${Math.round(performance.now() - began)} ms`);
  return answer;
}

async function sendToA(behaviour: Behaviour, changes: Partial<Exchange> = {}): Promise<Answer> {
  return sendTo((await receive(behaviour)).url, changes);
}

const ended = (answer: Answer) => [answer.failure, answer.phase, answer.status];

describe("the status line decides", () => {
  const rows: [number, string | null][] = [
    [200, null],
    [201, null],
    [202, null],
    [204, null],
    [299, null],
    [300, "redirect_refused"],
    [304, "redirect_refused"],
    [400, "status"],
    [404, "status"],
    [410, "gone"],
    [429, "throttled"],
    [500, "status"],
    [503, "status"],
    [600, "status"],
    [999, "status"],
  ];
  for (const [status, failure] of rows) {
    it(`${status}: ${failure ?? "delivered"}`, async () => {
      assert.deepEqual(ended(await sendToA(answers(status))), [failure, null, status]);
    });
  }

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

  it("103 and 102 are not the answer", async () => {
    assert.deepEqual(ended(await sendToA(writes("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", answerText(200)))), [null, null, 200]);
  });
});

describe("an answer that is not one", () => {
  const rows: [string, Behaviour, string][] = [
    ["status 099", writes("HTTP/1.1 099 X\r\ncontent-length: 0\r\n\r\n"), "invalid_answer"],
    ["status 000", writes("HTTP/1.1 000 X\r\ncontent-length: 0\r\n\r\n"), "invalid_answer"],
    ["a status of letters", writes("HTTP/1.1 abc X\r\n\r\n"), "invalid_answer"],
    ["an unasked 100", writes("HTTP/1.1 100 Continue\r\n\r\n"), "invalid_answer"],
    ["an unasked 101", writes("HTTP/1.1 101 Up\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"), "invalid_answer"],
    ["noise", writes("\u0000\u0001 SSH-2.0\r\n\r\n"), "invalid_answer"],
    ["two lengths", writes("HTTP/1.1 200 X\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"), "invalid_answer"],
    ["a length and chunks", writes("HTTP/1.1 200 X\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\na"), "invalid_answer"],
    ["a megabyte of headers", writes("HTTP/1.1 200 X\r\n", `a: ${"x".repeat(1_000)}\r\n`.repeat(1_000), "\r\n"), "invalid_answer"],
    ["a closed connection", (socket) => socket.end(), "closed_early"],
    ["a reset connection", (socket) => socket.resetAndDestroy(), "closed_early"],
    ["half a status line", writesAndCloses("HTTP/1.1 2"), "closed_early"],
    ["half of the headers", writesAndCloses("HTTP/1.1 200 X\r\ncontent-le"), "closed_early"],
  ];
  for (const [name, behaviour, failure] of rows) {
    it(`${name}: ${failure}`, async () => {
      const answer = await sendToA(behaviour);
      assert.deepEqual([answer.failure, answer.phase], [failure, null]);
      assert.doesNotMatch(answer.detail ?? "", /UND_ERR|HPE_|undici|assert/i);
    });
  }
});

describe("time runs out", () => {
  const flood = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
  const rows: [string, Behaviour][] = [
    ["for an answer that never comes", () => {}],
    ["for headers that drip", drips("HTTP/1.1 200 OK\r\nx-a: ", "b", 50)],
    ["for a flood of early hints", drips("", flood, 5)],
  ];
  for (const [name, behaviour] of rows) {
    it(name, async () => {
      const receiver = await receive(behaviour);
      assert.deepEqual(ended(await sendTo(receiver.url)), ["timeout", "first_byte", null]);
      await retry(() => assert.equal(receiver.open(), 0, "the connection is left open"));
    });
  }

  it("for a TLS handshake that stalls", async () => {
    const receiver = await receive(() => {}, { onConnection: (socket) => socket.resume() });
    const answer = await sendTo(receiver.url.replace("http:", "https:"));
    assert.deepEqual(ended(answer), ["timeout", "tls", null]);
    assert.equal(answer.address, "127.0.0.1");
    assert.ok(answer.connectUs !== null && answer.tlsUs === null);
    await retry(() => assert.equal(receiver.open(), 0, "the connection is left open"));
  });

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

describe("no body takes back a 2xx", () => {
  const head = "HTTP/1.1 200 OK\r\n";
  const long = `${head}content-length: 100000\r\n\r\n`;
  const rows: [string, Behaviour][] = [
    ["closed in the middle", writesAndCloses(`${long}abc`)],
    [
      "reset in the middle",
      (socket) => {
        socket.write(`${long}abc`, () => setImmediate(() => socket.resetAndDestroy()));
      },
    ],
    ["broken chunks", writes(`${head}transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n`)],
    ["dripping", drips(`${long}`, "x", 50)],
    ["never coming", writes(long)],
    ["endless", drips(`${head}transfer-encoding: chunked\r\n\r\n`, `8000\r\n${"x".repeat(32_768)}\r\n`, 1)],
    ["after a 204", writes("HTTP/1.1 204 OK\r\ncontent-length: 3\r\n\r\nabc")],
  ];
  for (const [name, behaviour] of rows) {
    it(name, async () => {
      const receiver = await receive(behaviour);
      const answer = await sendTo(receiver.url);
      assert.equal(answer.failure, null);
      await retry(() => assert.equal(receiver.open(), 0, "the connection is left open"));
    });
  }

  it("and a body that does not end is left after a second, whatever the deadline", async () => {
    const began = performance.now();
    const answer = await sendToA(drips(long, "x", 50), { timeoutMs: 10_000 });
    assert.deepEqual([answer.failure, answer.phase, answer.bodyTruncated], [null, "body", true]);
    assert.ok(answer.body.length > 0 && answer.body.length < 30);
    assert.ok(performance.now() - began < BODY_MS_MAX + SLACK_MS);
  });

  it("nor does it take back what a failure was", async () => {
    assert.deepEqual(ended(await sendToA(writesAndCloses("HTTP/1.1 500 X\r\ncontent-length: 9\r\n\r\nabc"))), ["status", null, 500]);
  });
});

describe("what is kept of an answer", () => {
  it("the body as received, to its limit", async () => {
    const small = await sendToA(answers(500, ["content-type: text/plain"], "it broke: ü"));
    assert.deepEqual([small.body.toString(), small.bodyTruncated, small.bodyError], ["it broke: ü", false, null]);
    const large = await sendToA(answers(200, [], "x".repeat(1_000_000)));
    assert.deepEqual([large.failure, large.body.length, large.bodyTruncated], [null, BODY_BYTES_MAX, true]);
  });

  it("a compressed bomb as it came", async () => {
    const bomb = gzipSync(Buffer.alloc(40_000_000));
    const before = process.memoryUsage().rss;
    const answer = await sendToA(writes(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`, bomb));
    assert.ok(answer.body.equals(bomb.subarray(0, BODY_BYTES_MAX)));
    assert.ok(process.memoryUsage().rss - before < 30_000_000);
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

describe("TLS", () => {
  const rows: [Certificate, string | null, RegExp][] = [
    ["good", null, /^$/],
    [
      "expired",
      "tls",
      /^The certificate has expired\. It is for localhost, example\.com, \*\.example\.com and 4 more, issued by Hostile test authority, valid until 2020-02-01T00:00:00\.000Z\.$/,
    ],
    [
      "wrong-name",
      "tls",
      /^The certificate is for another host name\. It is for elsewhere\.invalid, issued by Hostile test authority, valid until 2120-01-01/,
    ],
    ["self-signed", "tls", /^The certificate is self-signed\. It is for localhost, .* issued by localhost, valid until 2120-01-01/],
  ];
  for (const [certificate, failure, detail] of rows) {
    it(`with a certificate that is ${certificate}`, async () => {
      const receiver = await receive(answers(200), { certificate });
      const answer = await sendTo(receiver.url);
      assert.equal(answer.failure, failure);
      assert.match(answer.detail ?? "", detail);
      assert.equal(receiver.requests.length, failure === null ? 1 : 0);
    });
  }

  it("on a port that speaks plain http", async () => {
    const receiver = await receive(writes("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"), {
      onConnection: (socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    });
    const answer = await sendTo(receiver.url.replace("http:", "https:"));
    assert.equal(answer.failure, "tls");
    assert.match(answer.detail ?? "", /does not speak TLS/);
  });

  it("that ends in the handshake", async () => {
    const receiver = await receive(() => {}, { onConnection: (socket) => socket.once("data", () => socket.destroy()) });
    const answer = await sendTo(receiver.url.replace("http:", "https:"));
    assert.deepEqual([answer.failure, answer.detail], ["tls", "The connection was closed during the TLS handshake."]);
  });

  it("that wants a client certificate", async () => {
    const receiver = await receive(answers(200), { certificate: "good", tls: { requestCert: true, rejectUnauthorized: true } });
    const answer = await sendTo(receiver.url);
    // In TLS 1.3 the refusal comes after the handshake, and the end of the connection may overtake it.
    assert.ok(answer.failure === "tls" || answer.failure === "closed_early", String(answer.failure));
  });

  it("measures each step of a new connection and none of a reused one", async () => {
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

  it("that receive an answer nobody asked for are not used again", async () => {
    const forged = answerText(200, ["x-forged: 1"]);
    const together = await receive((socket, { connection }) => socket.write(connection === 1 ? answerText(500) + forged : answerText(404)));
    const exchange = exchangeTo(together.url, { pool: "forged" });
    assert.equal((await sender.send(exchange)).status, 500);
    assert.equal((await sender.send(exchange)).status, 404);

    const later = await receive((socket, { connection }) => {
      socket.write(connection === 1 ? answerText(500) : answerText(404), () => {
        if (connection === 1) setImmediate(() => socket.write(forged));
      });
    });
    const toLater = exchangeTo(later.url, { pool: "forged-later" });
    assert.equal((await sender.send(toLater)).status, 500);
    await retry(() => assert.equal(later.open(), 0, "the connection is kept"));
    assert.equal((await sender.send(toLater)).status, 404);
  });

  it("that the endpoint closed between two requests cost no failure", async () => {
    const receiver = await receive((socket) => socket.write(answerText(200), () => socket.end()));
    for (let sent = 0; sent < 3; sent += 1) {
      assert.equal((await sender.send(exchangeTo(receiver.url, { pool: "closing" }))).failure, null);
      await retry(() => assert.equal(receiver.open(), 0));
    }
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
