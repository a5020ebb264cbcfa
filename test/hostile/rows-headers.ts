// Headers: too large, too many, too slow, broken, contradicting each other about where the body ends, and meant to be
// mistaken for something of ours.

import assert from "node:assert/strict";
import { HEADER_CHARACTERS_KEPT_MAX, HEADERS_KEPT_MAX } from "../../server/src/deliver/answer.ts";
import { parseRetryAfter } from "../../server/src/deliver/answer-retry-after.ts";
import { drips, floods, writes, writesAndCloses } from "./receiver.ts";
import type { Behaviour } from "./receiver.ts";
import { rowsOf } from "./row.ts";
import type { Row } from "./row.ts";

const ok = "HTTP/1.1 200 OK\r\n";

/** 200 with these header lines, and then this. */
function withHeaders(lines: readonly string[], body = ""): Behaviour {
  return writes(`${ok}${lines.map((line) => `${line}\r\n`).join("")}\r\n${body}`);
}

const none = "content-length: 0";
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `x${index}: 1`);

const bombs = rowsOf("headers", [
  ["of 1 MB, 1,000 of them", withHeaders(Array.from({ length: 1_000 }, (_, i) => `a${i}: ${"x".repeat(1_000)}`)), "invalid_answer"],
  ["one of 1 MB", withHeaders([`a: ${"x".repeat(1_000_000)}`]), "invalid_answer"],
  ["one name of 1 MB", withHeaders([`${"x".repeat(1_000_000)}: a`]), "invalid_answer"],
  ["without end", floods(ok, `a: ${"x".repeat(1_000)}\r\n`.repeat(16)), "invalid_answer"],
  ["one without end", floods(`${ok}a: `, "x".repeat(16_384)), "invalid_answer"],
  ["one name without end", floods(ok, "x".repeat(16_384)), "invalid_answer"],
  ["3,500 tiny ones", withHeaders([none, ...Array.from({ length: 3_500 }, () => "a:")]), "delivered 200"],
  ["16,000 of one letter and no value", withHeaders([none, ...Array.from({ length: 16_000 }, () => "a:")]), "delivered 200"],
  ["1,000 different ones", withHeaders([none, ...many(1_000)]), "delivered 200"],
  ["just below the limit", withHeaders([none, `a: ${"x".repeat(16_300)}`]), "delivered 200"],
  ["1,000 cookies", withHeaders([none, ...Array.from({ length: 1_000 }, () => "set-cookie: a")]), "delivered 200"],
]).map((row): Row => ({
  ...row,
  and: ({ headers }) => {
    assert.ok(headers.length <= HEADERS_KEPT_MAX);
    assert.ok(headers.flat().join("").length <= HEADER_CHARACTERS_KEPT_MAX);
  },
}));

const slow = rowsOf(
  "headers",
  [
    ["one byte at a time", drips(`${ok}x-a: `, "b", 50), "timeout in first_byte"],
    ["one at a time", drips(ok, "a: b\r\n", 50), "timeout in first_byte"],
    ["that stop", writes(`${ok}content-length: 0\r\n`), "timeout in first_byte"],
    ["spaces without end before a value", floods(`${ok}a:`, " ".repeat(16_384)), "timeout in first_byte"],
  ],
  { slow: true },
);

const broken = rowsOf("header", [
  ["without a colon", withHeaders([none, "abc"]), "invalid_answer"],
  ["without a name", withHeaders([none, ": abc"]), "invalid_answer"],
  ["with a space before the colon", withHeaders([none, "abc : d"]), "invalid_answer"],
  ["with a space in its name", withHeaders([none, "a b: c"]), "invalid_answer"],
  ["continued on the next line", withHeaders([none, "a: b", " c"]), "invalid_answer"],
  ["with a NUL", withHeaders([none, "a: b\0c"]), "invalid_answer"],
  ["with a bare CR", withHeaders([none, "a: b\rc"]), "invalid_answer"],
  ["with a bare LF", withHeaders([none, "a: b\nc: d"]), "invalid_answer"],
  ["with other control characters", withHeaders([none, "a: b\u0001c"]), "invalid_answer"],
  ["with other letters", withHeaders([none, "a: \u00fc\u00ff"]), "delivered 200"],
  ["called __proto__, twice", withHeaders([none, "__proto__: a", "__proto__: b", "constructor: c", "constructor: d"]), "delivered 200"],
  ["called like methods", withHeaders([none, "hasOwnProperty: a", "toString: b", "then: c"]), "delivered 200"],
  ["of a document cut off", writesAndCloses(`${ok}content-le`), "closed_early"],
]);

const framing = rowsOf("framing", [
  ["a length and chunks", withHeaders(["content-length: 1", "transfer-encoding: chunked"], "1\r\na\r\n0\r\n\r\n"), "invalid_answer"],
  ["chunks and a length", withHeaders(["transfer-encoding: chunked", "content-length: 1"], "1\r\na\r\n0\r\n\r\n"), "invalid_answer"],
  ["two lengths", withHeaders(["content-length: 1", "content-length: 2"], "ab"), "invalid_answer"],
  ["the same length twice", withHeaders(["content-length: 2", "content-length: 2"], "ab"), "invalid_answer"],
  ["two lengths in one", withHeaders(["content-length: 2, 2"], "ab"), "invalid_answer"],
  ["a length below zero", withHeaders(["content-length: -1"]), "invalid_answer"],
  ["a length with a sign", withHeaders(["content-length: +2"], "ab"), "invalid_answer"],
  ["a length in hexadecimal", withHeaders(["content-length: 0x2"], "ab"), "invalid_answer"],
  ["a length of letters", withHeaders(["content-length: two"], "ab"), "invalid_answer"],
  ["a length beyond 64 bits", withHeaders([`content-length: ${"9".repeat(25)}`], "ab"), "invalid_answer"],
  ["an empty length", withHeaders(["content-length:"], "ab"), "invalid_answer"],
  ["an encoding that nobody knows", withHeaders(["transfer-encoding: rot13"], "ab"), "delivered 200, body late"],
  ["chunks that are not last", withHeaders(["transfer-encoding: chunked, rot13"], "0\r\n\r\n"), "delivered 200, body late"],
  ["chunks twice", withHeaders(["transfer-encoding: chunked, chunked"], "0\r\n\r\n"), "delivered 200"],
  ["an upgrade that nobody asked for", withHeaders([none, "connection: upgrade", "upgrade: h2c"]), "delivered 200"],
  ["keep-alive for no time", withHeaders([none, "keep-alive: timeout=0"]), "delivered 200"],
  ["keep-alive for ever", withHeaders([none, "keep-alive: timeout=1e99, max=-1"]), "delivered 200"],
  ["close, and does not", withHeaders([none, "connection: close"]), "delivered 200"],
]).map((row) => ({ ...row, slow: row.ends.endsWith("late") }));

const asked: readonly (readonly [string, number | null])[] = [
  ["0", 0],
  ["-1", null],
  ["1e300", null],
  ["inf", null],
  ["NaN", null],
  ["120.5", 121],
  ["9".repeat(400), 604_800],
  ["", null],
  ["Wed, 21 Oct 2015 07:28:00 GMT", 0],
  ["Fri, 31 Dec 9999 23:59:59 GMT", 604_800],
  ["1\r\nretry-after: 2", null],
  ["\u00b2", null],
  ["0x10", null],
  [`${" ".repeat(9_000)}7`, 7],
];
const retryAfter: Row[] = asked.map(([value, seconds]) => ({
  name: `retry-after: ${JSON.stringify(value.length > 40 ? `${value.slice(0, 3)}… ${value.length} characters` : value)}`,
  does: writes(`HTTP/1.1 429 X\r\n${none}\r\nretry-after: ${value}\r\n\r\n`),
  ends: "throttled 429",
  and: (answer) => assert.equal(parseRetryAfter(answer.retryAfter, Date.now()), seconds),
}));

export const headerRows: readonly Row[] = [...bombs, ...slow, ...broken, ...framing, ...retryAfter];
