// Bodies: after the headers nothing can change the verdict, whatever the body is. So each is tried after a 200, which must
// not be sent again because of it, and after a 503, which must not become something else.

import assert from "node:assert/strict";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { BODY_BYTES_MAX } from "../../server/src/deliver/answer.ts";
import type { Behaviour } from "./receiver.ts";
import { cut, drips, floods, reset, writes, writesAnd, writesAndCloses } from "./receiver.ts";
import type { Row } from "./row.ts";

const chunked = "transfer-encoding: chunked\r\n\r\n";
const long = "content-length: 100000\r\n\r\n";

/** What a body does once the status line is out: a behaviour, and whether what was kept is whole, cut or came too late. */
type Body = readonly [name: string, does: (line: string) => Behaviour, body: "whole" | "cut" | "late"];

const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;

const sent: readonly Body[] = [
  ["none, and no length, and the end", (line) => writesAndCloses(`${line}\r\n`), "whole"],
  ["without a length, until the end", (line) => writesAndCloses(`${line}\r\nabc`), "whole"],
  ["without a length, until a RST", (line) => writesAnd(reset, `${line}\r\nabc`), "whole"],
  ["shorter than it says, and the end", (line) => writesAndCloses(`${line}${long}abc`), "cut"],
  ["shorter than it says, and a RST", (line) => writesAnd(reset, `${line}${long}abc`), "cut"],
  ["shorter than it says, and cut", (line) => writesAnd(cut, `${line}${long}abc`), "cut"],
  ["chunks that stop with the end", (line) => writesAndCloses(`${line}${chunked}3\r\nab`), "cut"],
  ["chunks that stop with a RST", (line) => writesAnd(reset, `${line}${chunked}3\r\nab`), "cut"],
  ["chunks that stop before the last", (line) => writesAndCloses(`${line}${chunked}3\r\nabc\r\n`), "cut"],
  ["whole, and a RST", (line) => writesAnd(reset, `${line}content-length: 3\r\n\r\nabc`), "whole"],
  ["longer than it says", (line) => writes(`${line}content-length: 3\r\n\r\nabcdef`), "whole"],
  ["a chunk size of letters", (line) => writes(`${line}${chunked}zz\r\nabc\r\n`), "cut"],
  ["a chunk size below zero", (line) => writes(`${line}${chunked}-1\r\nabc\r\n`), "cut"],
  ["a chunk size beyond 64 bits", (line) => writes(`${line}${chunked}${"f".repeat(17)}\r\nabc`), "cut"],
  ["a chunk that is longer than its size", (line) => writes(`${line}${chunked}2\r\nabcdef\r\n0\r\n\r\n`), "cut"],
  ["chunks without CR", (line) => writes(`${line}${chunked}3\nabc\n0\n\n`), "cut"],
  ["a chunk with a NUL in its extension", (line) => writes(`${line}${chunked}3;a=\0\r\nabc\r\n0\r\n\r\n`), "cut"],
  ["trailers of 1 MB", (line) => writes(`${line}${chunked}0\r\n`, `a: ${"x".repeat(1_000)}\r\n`.repeat(1_000)), "cut"],
  ["1 MB", (line) => writes(`${line}content-length: 1000000\r\n\r\n`, Buffer.alloc(1_000_000)), "cut"],
  ["of 2^53 bytes", (line) => floods(`${line}content-length: 9007199254740992\r\n\r\n`, "x".repeat(65_536)), "cut"],
  ["chunks without end", (line) => floods(`${line}${chunked}`, chunk(32_768)), "cut"],
  ["no length and no end", (line) => floods(`${line}\r\n`, "x".repeat(65_536)), "cut"],
  ["70,000 chunks of one byte", (line) => writes(`${line}${chunked}`, "1\r\nx\r\n".repeat(70_000)), "cut"],
];

const awaited: readonly Body[] = [
  ["never coming", (line) => writes(`${line}${long}`), "late"],
  ["one byte at a time", (line) => drips(`${line}${long}`, "x", 50), "late"],
  ["one chunk of one byte at a time", (line) => drips(`${line}${chunked}`, "1\r\nx\r\n", 50), "late"],
  ["chunks whose last does not end", (line) => writes(`${line}${chunked}3\r\nabc\r\n0\r\n`), "late"],
  ["a chunk size whose digits do not end", (line) => drips(`${line}${chunked}`, "0", 20), "late"],
  ["an extension of a chunk that does not end", (line) => floods(`${line}${chunked}3;`, "a".repeat(16_384)), "late"],
  ["extensions of a chunk that do not end", (line) => floods(`${line}${chunked}3`, ";a=b".repeat(4_096)), "late"],
  ["trailers, one byte at a time", (line) => drips(`${line}${chunked}0\r\n`, "a", 20), "late"],
];

const zeros = Buffer.alloc(40_000_000);
const bombs: Readonly<Record<string, Buffer>> = {
  gzip: gzipSync(zeros),
  br: brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  deflate: deflateSync(zeros),
  zstd: zstdCompressSync(zeros),
  [Array.from({ length: 1_000 }, () => "gzip").join(", ")]: gzipSync(gzipSync(zeros)),
};

const lines = { delivered: "HTTP/1.1 200 OK\r\n", status: "HTTP/1.1 503 X\r\n" };
const verdicts = { delivered: "delivered 200", status: "status 503" };
const kept = { whole: "", cut: ", body cut", late: ", body late" };

function afterEach([name, does, body]: Body): Row[] {
  return (["delivered", "status"] as const).map((verdict) => ({
    name: `body after ${verdicts[verdict]}: ${name}`,
    does: does(lines[verdict]),
    ends: verdicts[verdict] + kept[body],
    slow: body === "late",
    and: (answer) => assert.ok(answer.body.length <= BODY_BYTES_MAX),
  }));
}

/** What expands to 40 MB is kept as it came. */
function bombRows([encoding, bomb]: readonly [string, Buffer]): Row {
  const whole = bomb.length <= BODY_BYTES_MAX;
  return {
    name: `body that is a bomb in ${encoding.length > 20 ? "gzip, a thousand times" : encoding}`,
    does: writes(`HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${bomb.length}\r\n\r\n`, bomb),
    ends: whole ? "delivered 200" : "delivered 200, body cut",
    and: (answer) => assert.ok(answer.body.equals(bomb.subarray(0, BODY_BYTES_MAX))),
  };
}

const forbidden: Row[] = [
  { name: "body after a 204", does: writes("HTTP/1.1 204 X\r\ncontent-length: 3\r\n\r\nabc"), ends: "delivered 204" },
  { name: "body after a 204, in chunks", does: writes(`HTTP/1.1 204 X\r\n${chunked}3\r\nabc\r\n`), ends: "delivered 204" },
  { name: "body after a 205", does: writes("HTTP/1.1 205 X\r\ncontent-length: 3\r\n\r\nabc"), ends: "delivered 205" },
  { name: "body after a 304", does: writes("HTTP/1.1 304 X\r\ncontent-length: 3\r\n\r\nabc"), ends: "redirect_refused 304" },
  {
    name: "body after HEAD",
    does: writes("HTTP/1.1 200 X\r\ncontent-length: 3\r\n\r\nabc"),
    ends: "delivered 200",
    send: { method: "HEAD", body: null },
  },
];

export const bodyRows: readonly Row[] = [
  ...sent.flatMap(afterEach),
  ...awaited.flatMap(afterEach),
  ...Object.entries(bombs).map(bombRows),
  ...forbidden,
];
