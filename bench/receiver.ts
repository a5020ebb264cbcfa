// Receives notifications on raw sockets, answers 200 at once, and measures how long ago each should have been published.
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { Lateness, Latencies, nowMs } from "./clock.ts";
import type { Quantiles } from "./clock.ts";
import { dueOf } from "./item.ts";
import { takeMessage } from "./message.ts";
import { answerQuestions } from "./worker.ts";

export type Received = { readonly notifications: number; readonly endToEnd: Quantiles; readonly lateMs: number };

const answer = Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
const endToEnd = new Latencies();
const lateness = new Lateness();
let notifications = 0;

const server = createServer({ noDelay: true }, (socket) => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    rest = receive(socket, rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

function receive(socket: Socket, bytes: Buffer): Buffer {
  let rest = bytes;
  for (let message = takeMessage(rest); message !== null; message = takeMessage(rest)) {
    rest = rest.subarray(message.end);
    notifications++;
    const due = dueOf(message.body);
    if (due !== null) endToEnd.record(nowMs() - due);
    socket.write(answer);
  }
  return rest;
}

answerQuestions({
  port: () => (server.address() as AddressInfo).port,
  reset: () => {
    endToEnd.reset();
    lateness.reset();
  },
  read: (): Received => ({ notifications, endToEnd: endToEnd.read(), lateMs: lateness.p99Ms() }),
});
