// Status lines: the good, the odd and the impossible, and what comes before the one that counts.

import { answers, answerText, drips, floods, writes, writesAndCloses } from "./receiver.ts";
import { rowsOf } from "./row.ts";
import type { Row } from "./row.ts";

const empty = "\r\ncontent-length: 0\r\n\r\n";
const hint = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
const processing = "HTTP/1.1 102 Processing\r\n\r\n";

const answered = rowsOf("answers", [
  ["200", answers(200), "delivered 200"],
  ["201", answers(201), "delivered 201"],
  ["202", answers(202), "delivered 202"],
  ["204", writes("HTTP/1.1 204 X\r\n\r\n"), "delivered 204"],
  ["299", answers(299), "delivered 299"],
  ["300", answers(300), "redirect_refused 300"],
  ["301 to itself", answers(301, ["location: /in"]), "redirect_refused 301"],
  ["304", writes("HTTP/1.1 304 X\r\n\r\n"), "redirect_refused 304"],
  ["308 to the machine's metadata", answers(308, ["location: http://169.254.169.254/"]), "redirect_refused 308"],
  ["399", answers(399), "redirect_refused 399"],
  ["400", answers(400), "status 400"],
  ["401 and asks for a password", answers(401, ["www-authenticate: Basic"]), "status 401"],
  ["407", answers(407), "status 407"],
  ["408", answers(408), "status 408"],
  ["410", answers(410), "gone 410"],
  ["417", answers(417), "status 417"],
  ["421", answers(421), "status 421"],
  ["425", answers(425), "status 425"],
  ["429", answers(429), "throttled 429"],
  ["499", answers(499), "status 499"],
  ["500", answers(500), "status 500"],
  ["503", answers(503), "status 503"],
  ["600", answers(600), "status 600"],
  ["999", answers(999), "status 999"],
]);

const lines = rowsOf("status line", [
  ["without a reason", writes(`HTTP/1.1 200 ${empty}`), "delivered 200"],
  ["that ends after the number", writes(`HTTP/1.1 200${empty}`), "delivered 200"],
  ["with a reason of other letters", writes(`HTTP/1.1 200 \u00fc\u00ff${empty}`), "delivered 200"],
  ["of HTTP/1.0", writes(`HTTP/1.0 200 OK${empty}`), "delivered 200"],
  ["after an empty line", writes(`\r\nHTTP/1.1 200 OK${empty}`), "delivered 200"],
  ["000", writes(`HTTP/1.1 000 X${empty}`), "invalid_answer"],
  ["001", writes(`HTTP/1.1 001 X${empty}`), "invalid_answer"],
  ["099", writes(`HTTP/1.1 099 X${empty}`), "invalid_answer"],
  ["of two digits", writes(`HTTP/1.1 99 X${empty}`), "invalid_answer"],
  ["of four digits", writes(`HTTP/1.1 2000 X${empty}`), "invalid_answer"],
  ["of letters", writes(`HTTP/1.1 abc X${empty}`), "invalid_answer"],
  ["negative", writes(`HTTP/1.1 -20 X${empty}`), "invalid_answer"],
  ["without a number", writes("HTTP/1.1\r\n\r\n"), "invalid_answer"],
  ["of HTTP/0.9", writes(`HTTP/0.9 200 OK${empty}`), "delivered 200"],
  ["of HTTP/2.0", writes(`HTTP/2.0 200 OK${empty}`), "delivered 200"],
  ["of HTTP/3.7", writes(`HTTP/3.7 200 OK${empty}`), "invalid_answer"],
  ["in small letters", writes(`http/1.1 200 OK${empty}`), "invalid_answer"],
  ["that is a request", writes(`POST /in HTTP/1.1${empty}`), "invalid_answer"],
  ["without CR", writes("HTTP/1.1 200 OK\ncontent-length: 0\n\n"), "invalid_answer"],
  ["with a NUL in its reason", writes(`HTTP/1.1 200 O\0K${empty}`), "delivered 200"],
  ["none, and a document at once", writesAndCloses("<html>It works</html>"), "invalid_answer"],
  ["noise", writes("\u0000\u0001\u0002\u00ff\r\n\r\n"), "invalid_answer"],
  ["that never ends", floods("HTTP/1.1 200 ", "x".repeat(16_384)), "timeout in first_byte"],
]).map((row) => ({ ...row, slow: row.name.includes("never") }));

const interim = [
  ...rowsOf("before the answer", [
    ["103", writes(hint, answerText(200)), "delivered 200"],
    ["102 and 103", writes(processing, hint, processing, answerText(500)), "status 500"],
    ["104", writes("HTTP/1.1 104 X\r\nupload-limit: max-size=1\r\n\r\n", answerText(200)), "delivered 200"],
    ["103 with a length", writes("HTTP/1.1 103 X\r\ncontent-length: 5\r\n\r\n", answerText(200)), "delivered 200"],
    ["100, which nobody asked for", writes("HTTP/1.1 100 Continue\r\n\r\n", answerText(200)), "invalid_answer"],
    ["101, which nobody asked for", writes("HTTP/1.1 101 Up\r\n\r\n", answerText(200)), "invalid_answer"],
  ]),
  ...rowsOf("instead of an answer", [
    ["100", writes("HTTP/1.1 100 Continue\r\n\r\n"), "invalid_answer"],
    ["101", writes("HTTP/1.1 101 Up\r\n\r\n"), "invalid_answer"],
    ["101 to WebSocket", writes("HTTP/1.1 101 Up\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n\u0081\u0000"), "invalid_answer"],
    ["a flood of 100", floods("", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100)), "invalid_answer"],
    ["a flood of 102", floods("", processing.repeat(100)), "invalid_answer"],
    ["a flood of 103", floods("", hint.repeat(100)), "invalid_answer"],
    ["199, each with 15 kB of headers", floods("", `HTTP/1.1 199 X\r\na: ${"x".repeat(15_000)}\r\n\r\n`.repeat(40)), "invalid_answer"],
    ["103 and then the end", writesAndCloses(hint), "closed_early"],
  ]),
  ...rowsOf("instead of an answer", [["103 now and then", drips("", hint, 60), "timeout in first_byte"]], { slow: true }),
];

export const statusRows: readonly Row[] = [...answered, ...lines, ...interim];
