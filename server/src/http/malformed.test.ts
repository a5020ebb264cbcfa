// What is not a request at all, or never becomes one: each is answered as a problem document, and none is an error of ours.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { after, before, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { Type } from "typebox";
import { batchBytesMax } from "@bellhop/contract/events";
import { route } from "@bellhop/contract/route";
import { createServer } from "./server.ts";

let server: FastifyInstance;
let port: number;
let waiting = 0;
const logged: string[] = [];

before(async () => {
  const body = Type.Object({});
  const take = route({ method: "POST", path: "/take", scope: "public", tag: "test", summary: "", body, answer: { status: 204 } });
  const wait = route({ method: "GET", path: "/wait", scope: "public", tag: "test", summary: "", answer: { status: 204 } });
  const log = pino({ level: "error" }, { write: (line: string) => void logged.push(line) });
  const handlers = { take: async () => undefined, wait: () => new Promise<void>(() => waiting++) };
  server = createServer({ routes: { take, wait }, handlers, findKey: async () => null, log });
  await server.listen({ port: 0, host: "127.0.0.1" });
  port = (server.server.address() as AddressInfo).port;
});

after(() => server.close());

/** What comes back for these bytes until the server ends the connection. */
async function answerTo(text: string): Promise<{ head: string; body: Record<string, unknown> }> {
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  const answer = (await socket.setEncoding("utf8").toArray()).join("");
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { head, body: JSON.parse(body) };
}

const post = (headers: string): string => `POST /take HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`;

for (const [what, text, status, code] of [
  ["no HTTP at all", "hello\r\n\r\n", 400, "malformed_request"],
  ["a length that is no number", post("Content-Length: many\r\n"), 400, "malformed_request"],
  ["headers of 20 kB", post(`X-Long: ${"x".repeat(20_000)}\r\n`), 431, "headers_too_large"],
  ["a request without a host", "GET /wait HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "malformed_request"],
  ["a method that wants a body", "QUERY /take HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400, "malformed_request"],
  [
    "a compressed body",
    post("Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n") + "{}",
    415,
    "unsupported_media_type",
  ],
] as const) {
  test(`${what} is answered as a problem`, async () => {
    const { head, body } = await answerTo(text);
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
    assert.match(head, /^Content-Type: application\/problem\+json$/im);
    assert.deepEqual([body["status"], body["code"]], [status, code]);
    assert.match(body["request_id"] as string, /^req_/);
  });
}

test("a request that does not arrive in time is answered as a problem", async () => {
  const connected = once(server.server, "connection") as Promise<[Socket]>;
  const socket = connect(port, "127.0.0.1");
  const [ours] = await connected;
  server.server.emit("clientError", Object.assign(new Error("Request timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" }), ours);
  const answer = (await socket.setEncoding("utf8").toArray()).join("");
  assert.match(answer, /^HTTP\/1.1 408 [^]*"code":"request_timeout"/);
});

test("another content type is told which are taken, a large body how large it may be", async () => {
  const type = await answerTo(post("Content-Type: text/plain\r\nContent-Length: 1\r\n") + "x");
  assert.match(type.body["detail"] as string, /application\/json.*application\/x-ndjson/);
  const large = await answerTo(post(`Content-Type: application/json\r\nContent-Length: ${batchBytesMax + 1}\r\n`));
  assert.ok((large.body["detail"] as string).includes(String(batchBytesMax)));
});

for (const [how, body] of [
  ["at once", () => Buffer.alloc(batchBytesMax * 2)],
  ["in pieces of unknown number", () => ReadableStream.from(Array.from({ length: 256 }, () => Buffer.alloc(batchBytesMax / 128)))],
] as const) {
  test(`whoever sends too much ${how} hears so, and not only that the connection is gone`, async () => {
    const headers = { "content-type": "application/json" };
    for (let time = 0; time < 10; time++) {
      const { status } = await fetch(`http://127.0.0.1:${port}/take`, { method: "POST", headers, body: body(), duplex: "half" });
      assert.equal(status, 413);
    }
  });
}

test("a connection with many requests that are not answered yet is cut, and few of them are begun", async () => {
  const socket = connect(port, "127.0.0.1", () => socket.write("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000)));
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.resume().once("close", resolve));
  assert.equal(waiting, 16);
});

test("requests one after the other on a connection are not counted together", async () => {
  const socket = connect(port, "127.0.0.1");
  const one = post("Content-Type: application/json\r\nContent-Length: 2\r\n").replace("Connection: close\r\n", "") + "{}";
  for (let time = 0; time < 40; time++) {
    socket.write(one);
    assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1.1 204 /);
  }
  socket.destroy();
});

test("an upload that breaks off is not logged as an error", async () => {
  const connected = once(server.server, "connection") as Promise<[Socket]>;
  const received = once(server.server, "request");
  const socket = connect(port, "127.0.0.1", () => socket.write(`${post("Content-Type: application/json\r\nContent-Length: 9\r\n")}{`));
  const [ours] = await connected;
  // Not `once`, which would reject at the very error that is expected.
  const closed = new Promise((resolve) => ours.once("close", resolve));
  await received;
  socket.resetAndDestroy();
  await closed;
  assert.match((await answerTo("hello\r\n\r\n")).head, /400/);
  assert.deepEqual(logged, []);
});
