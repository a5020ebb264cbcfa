// Connections that end at each stage, or never come to anything, and answers that come before the request is through.

import { answerText, cut, reset, writesAnd, writesAndCloses } from "./receiver.ts";
import type { Behaviour } from "./receiver.ts";
import { nothing, rowsOf } from "./row.ts";
import type { Row } from "./row.ts";

const hangsUp: Behaviour = (socket) => socket.end();

/** More than the buffers of a connection hold, so that the request is never through. */
const upload = { body: Buffer.alloc(6_000_000, "x"), headers: ["content-type", "application/json"] };

const ends = [
  ...rowsOf("ends", [
    ["after the request", hangsUp, "closed_early"],
    ["after the request, cut", cut, "closed_early"],
    ["after the request, with a RST", reset, "closed_early"],
    ["in the status line", writesAndCloses("HTTP/1.1 2"), "closed_early"],
    ["in the status line, with a RST", writesAnd(reset, "HTTP/1.1 2"), "closed_early"],
    ["in the headers", writesAndCloses("HTTP/1.1 200 X\r\na: b\r\nc"), "closed_early"],
    ["in the headers, with a RST", writesAnd(reset, "HTTP/1.1 200 X\r\na: b\r\nc"), "closed_early"],
    ["before the empty line", writesAndCloses("HTTP/1.1 200 X\r\ncontent-length: 0\r\n"), "closed_early"],
    ["before the empty line, with a RST", writesAnd(reset, "HTTP/1.1 200 X\r\ncontent-length: 0\r\n"), "closed_early"],
    ["after the answer", writesAndCloses(answerText(200)), "delivered 200"],
    ["after the answer, with a RST", writesAnd(reset, answerText(200)), "delivered 200"],
  ]),
  ...rowsOf("ends", [["never", nothing, "timeout in first_byte"]], { slow: true }),
];

const unread: readonly [string, NonNullable<Row["receiver"]>, string, string?][] = [
  ["when it is accepted", { onAccept: (bare) => bare.end() }, "closed_early", "tls"],
  ["when it is accepted, with a RST", { onAccept: reset }, "connect | closed_early", "connect | tls | closed_early"],
  ["before the request", { onConnection: (socket) => socket.end() }, "closed_early"],
  ["before the request, with a RST", { onConnection: reset }, "connect | closed_early", "closed_early"],
  ["with the request's first byte", { onConnection: (socket) => socket.once("data", () => socket.end()) }, "closed_early"],
  ["with the request's first byte, with a RST", { onConnection: (socket) => socket.once("data", () => reset(socket)) }, "closed_early"],
];

/** Answers with the first bytes of a request that it then does not read. */
function early(status: number, then: (socket: Parameters<Behaviour>[0]) => void): NonNullable<Row["receiver"]> {
  return {
    onConnection: (socket) =>
      socket.once("data", () => {
        socket.pause();
        socket.write(answerText(status, ["connection: close"], "no"), () => then(socket));
      }),
  };
}

const impatient: Row[] = [
  ["413, and waits", early(413, () => {}), "status 413"],
  ["200, and waits", early(200, () => {}), "delivered 200"],
  ["413, and hangs up a moment later", early(413, (socket) => setTimeout(() => socket.destroy(), 100)), "status 413"],
  ["200, and hangs up a moment later", early(200, (socket) => setTimeout(() => socket.destroy(), 100)), "delivered 200"],
  ["413, and hangs up", early(413, (socket) => socket.destroy()), "status 413"],
  ["413, and a RST", early(413, (socket) => setImmediate(reset, socket)), "status 413"],
].map(([name, receiver, end]) => ({
  name: `answers while the request is coming: ${name as string}`,
  does: nothing,
  ends: end as string,
  receiver: receiver as NonNullable<Row["receiver"]>,
  send: upload,
}));

const deaf: Row[] = [
  {
    name: "never reads the request, which is large",
    does: nothing,
    ends: "timeout in first_byte",
    receiver: { onConnection: (socket) => socket.pause() },
    send: upload,
    slow: true,
  },
  {
    name: "hangs up in the middle of a large request",
    does: nothing,
    ends: "closed_early",
    receiver: { onConnection: (socket) => socket.once("data", () => socket.destroy()) },
    send: upload,
  },
];

export const endRows: readonly Row[] = [
  ...ends,
  ...unread.map(([name, receiver, end, endsOverTls]) => ({
    name: `ends: ${name}`,
    does: nothing,
    ends: end,
    receiver,
    ...(endsOverTls === undefined ? {} : { endsOverTls }),
  })),
  ...impatient,
  ...deaf,
];
