// Servers of another kind: those that greet first, those that never spoke HTTP, and those that speak only HTTP/2.

import { createServer } from "node:http2";
import type { Socket } from "node:net";
import { writes } from "./receiver.ts";
import { nothing, rowsOf } from "./row.ts";
import type { Row } from "./row.ts";

/** An empty SETTINGS frame, with which a server opens HTTP/2, and a GOAWAY. */
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const goAway = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

/** A real HTTP/2 server, which is handed the connection. */
function speaksHttp2(socket: Socket): void {
  const server = createServer();
  server.on("sessionError", () => {}).emit("connection", socket);
}

const greeting = (text: string | Buffer): NonNullable<Row["receiver"]> => ({ onConnection: (socket) => socket.write(text) });

const greeters: readonly [string, NonNullable<Row["receiver"]>, string?][] = [
  ["SSH", greeting("SSH-2.0-OpenSSH_9.2\r\n")],
  ["SMTP", greeting("220 mail.example ESMTP\r\n")],
  ["MySQL", greeting(Buffer.from("4a0000000a382e302e3333", "hex"))],
  ["HTTP/2", greeting(settings)],
  ["HTTP/2, a real one", { onConnection: speaksHttp2 }, "status 403"],
];

export const strangerRows: readonly Row[] = [
  ...greeters.map(([name, receiver, endsOverTls = "invalid_answer"]) => ({
    name: `greets first: ${name}`,
    does: nothing,
    ends: "invalid_answer",
    endsOverTls,
    receiver,
  })),
  // What it says before it is asked is what it says: the request goes out before a byte is read.
  {
    name: "greets first: with an answer",
    does: nothing,
    ends: "delivered 200",
    receiver: greeting("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
  },
  {
    name: "greets first: with half an answer",
    does: nothing,
    ends: "timeout in first_byte",
    receiver: greeting("HTTP/1.1 200 OK\r\ncontent-le"),
    slow: true,
  },
  ...rowsOf("answers as", [
    ["HTTP/2", writes(settings, goAway), "invalid_answer"],
    ["SMTP", writes("500 5.5.1 Command unrecognized\r\n"), "invalid_answer"],
    ["Redis", writes("-ERR wrong number of arguments\r\n"), "invalid_answer"],
    ["PostgreSQL", writes("E\0\0\0\u0020SFATAL\0C0A000\0\0"), "invalid_answer"],
    ["gopher", writes("iHello\tfake\t(NULL)\t0\r\n.\r\n"), "invalid_answer"],
    ["RTSP", writes("RTSP/1.0 400 Bad Request\r\ncontent-length: 0\r\n\r\n"), "status 400"],
    ["ICY", writes("ICY 200 OK\r\n\r\n"), "invalid_answer"],
  ]),
];
