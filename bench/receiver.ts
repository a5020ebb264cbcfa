// Receives notifications on raw sockets, one host for each destination, and measures how long ago each should have been
// published. It answers 200 at once; a part of the destinations can be told to hang.
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { Lateness, Latencies, nowMs } from "./clock.ts";
import type { Quantiles } from "./clock.ts";
import { destinationHost } from "./destination.ts";
import { dueOf } from "./item.ts";
import { takeMessage } from "./message.ts";
import { answerQuestions } from "./worker.ts";

export type Received = {
  readonly notifications: number;
  /** Of those that do not hang. */
  readonly healthy: number;
  readonly endToEnd: Quantiles;
  readonly lateMs: number;
};
/** Destinations with this number and above answer late, but are measured neither way. */
export type Hanging = { readonly from: number; readonly ms: number };

const destinationsMax = 1_000;
const backlog = 1_024;
const answer = Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
const endToEnd = new Latencies();
const lateness = new Lateness();
const hung = new Map<() => void, NodeJS.Timeout>();
let hanging: Hanging | null = null;
let notifications = 0;
let healthy = 0;

const port = await listen(0, 0);
for (let number = 1; number < destinationsMax; number++) await listen(number, port);

async function listen(number: number, at: number): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    let rest: Buffer = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      rest = receive(socket, number, rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
    });
  });
  server.listen({ port: at, host: destinationHost(number), backlog });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function receive(socket: Socket, number: number, bytes: Buffer): Buffer {
  let rest = bytes;
  for (let message = takeMessage(rest); message !== null; message = takeMessage(rest)) {
    rest = rest.subarray(message.end);
    notifications++;
    if (hanging !== null && number >= hanging.from) {
      if (hanging.ms > 0) hang(socket, hanging.ms);
      else socket.write(answer);
      continue;
    }
    healthy++;
    const due = dueOf(message.body);
    if (due !== null) endToEnd.record(nowMs() - due);
    socket.write(answer);
  }
  return rest;
}

function hang(socket: Socket, ms: number): void {
  const end = (): void => {
    clearTimeout(hung.get(end));
    hung.delete(end);
    if (socket.writable) socket.write(answer);
  };
  hung.set(end, setTimeout(end, ms));
}

/** From now on; who hangs is answered when that changes. */
function setHanging(wanted: Hanging | null): void {
  hanging = wanted;
  for (const end of hung.keys()) end();
}

answerQuestions({
  port: () => port,
  hang: setHanging,
  reset: () => {
    endToEnd.reset();
    lateness.reset();
  },
  read: (): Received => ({ notifications, healthy, endToEnd: endToEnd.read(), lateMs: lateness.p99Ms() }),
});
