// TLS: certificates that do not do, versions that are too old, and handshakes that stall, break or are no handshakes.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { answers, answerText, bareOf, cut, readCertificate, reset, writes } from "./receiver.ts";
import type { Certificate, ReceiverOptions } from "./receiver.ts";
import { nothing } from "./row.ts";
import type { Row } from "./row.ts";

const ok = answers(200);

/** How many bytes into its answer a handshake is interfered with: inside the ServerHello, and inside what follows it. */
const inServerHello = 40;
const inCertificate = 400;

type Tamper = NonNullable<ReceiverOptions["tamper"]>;

/** Lets so many bytes through and then does something else with each piece. */
function after(bytes: number, then: (rest: Buffer, bare: Socket) => void): Tamper {
  return (piece, bare, before) => {
    const room = Math.max(0, bytes - before);
    if (room > 0) bare.write(piece.subarray(0, room));
    if (piece.length > room) then(piece.subarray(room), bare);
  };
}

const inverted = (piece: Buffer): Buffer => Buffer.from(piece.map((byte) => 255 - byte));

function dripped(rest: Buffer, bare: Socket): void {
  let at = 0;
  const timer = setInterval(() => bare.write(rest.subarray(at, ++at)), 50);
  bare.on("close", () => clearInterval(timer));
}

function certificateRow(certificate: Certificate, says: RegExp, receiver: ReceiverOptions = {}): Row {
  return {
    name: `certificate: ${certificate}`,
    does: ok,
    ends: "tls",
    over: "https",
    receiver: { certificate, ...receiver },
    and: ({ detail }) => assert.match(detail ?? "", says),
  };
}

const names = "localhost, example\\.com, \\*\\.example\\.com and 4 more";
const authority = "Hostile test authority";
const certificates: Row[] = [
  certificateRow(
    "expired",
    new RegExp(`^The certificate has expired\\. It is for ${names}, issued by ${authority}, valid until 2020-02-01T00:00:00\\.000Z\\.$`),
  ),
  certificateRow("not-yet-valid", /^The certificate is not valid yet\. .* valid until 2120-01-01T/),
  certificateRow(
    "wrong-name",
    new RegExp(
      `^The certificate is for another host name\\. It is for elsewhere\\.invalid, issued by ${authority}, valid until 2120-01-01T`,
    ),
  ),
  certificateRow(
    "self-signed",
    new RegExp(`^The certificate is self-signed\\. It is for ${names}, issued by localhost, valid until 2120-01-01T`),
  ),
  certificateRow("unknown-issuer", /^The certificate's .* issued by An authority that nobody trusts, valid until 2120/),
];

function tlsRow(name: string, ends: string, says: RegExp | null, receiver: ReceiverOptions, more: Partial<Row> = {}): Row {
  const and: Row["and"] = ({ detail, phase }) => {
    if (phase === null && says !== null) assert.match(detail ?? "", says);
  };
  return { name: `TLS: ${name}`, does: ok, ends, over: "https", receiver, and, ...more };
}

const oldCiphers = "ALL:@SECLEVEL=0";
const tooOld = /offers only versions of TLS that are too old/;
const closed = /^The connection was closed during the TLS handshake\.$/;
const noTls = /^The port does not speak TLS/;

const wanting = { requestCert: true, rejectUnauthorized: true };

const versions: Row[] = [
  tlsRow("only 1.0", "tls", tooOld, { tls: { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: oldCiphers } }),
  tlsRow("only 1.1", "tls", tooOld, { tls: { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: oldCiphers } }),
  tlsRow("only 1.2", "delivered 200", null, { tls: { maxVersion: "TLSv1.2" } }),
  tlsRow("only ciphers that hide nothing", "tls", null, { tls: { maxVersion: "TLSv1.2", ciphers: "NULL:@SECLEVEL=0" } }),
  tlsRow("a chain of 150 kB", "tls", null, { tls: { cert: readCertificate("good.pem").repeat(300) } }),
  tlsRow("only HTTP/2 by ALPN", "tls", /HTTP\/2/, { tls: { ALPNProtocols: ["h2"] } }),
  tlsRow("only those who show a certificate, 1.2", "tls", null, { tls: { ...wanting, maxVersion: "TLSv1.2" } }),
  tlsRow("only those who show a certificate, 1.3", "tls | closed_early", null, { tls: wanting }),
];

const plain = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
/** A record that says that it is a handshake of 16 kB, and one that is an alert: handshake failure. */
const record = Buffer.from([22, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc]);
const alert = Buffer.from([21, 3, 3, 0, 2, 2, 40]);

const onHello = (then: (bare: Socket) => void): ReceiverOptions => ({ onAccept: (bare) => bare.once("data", () => then(bare)) });

const handshakes: Row[] = [
  tlsRow(
    "plain HTTP",
    "tls",
    noTls,
    onHello((bare) => bare.end(plain)),
  ),
  tlsRow("plain HTTP at once", "tls", noTls, { onAccept: (bare) => bare.end(plain) }),
  tlsRow(
    "noise",
    "tls",
    noTls,
    onHello((bare) => bare.write(Buffer.alloc(65_536, 0x55))),
  ),
  tlsRow(
    "an alert",
    "tls",
    null,
    onHello((bare) => bare.write(alert)),
  ),
  tlsRow(
    "a flood of alerts that warn",
    "tls",
    null,
    onHello((bare) => bare.write(Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.from([21, 3, 3, 0, 2, 1, 90]))))),
  ),
  tlsRow("ends at once", "tls", closed, { onAccept: (bare) => bare.end() }),
  tlsRow(
    "ends after our hello",
    "tls",
    closed,
    onHello((bare) => bare.end()),
  ),
  tlsRow("a RST after our hello", "tls", closed, onHello(reset)),
  tlsRow("ends in its hello", "tls", closed, { tamper: after(inServerHello, (_, bare) => bare.end()) }),
  tlsRow("ends in its certificate", "tls", closed, { tamper: after(inCertificate, (_, bare) => bare.end()) }),
  tlsRow("a RST in its certificate", "tls", closed, { tamper: after(inCertificate, (_, bare) => reset(bare)) }),
  tlsRow("breaks in its hello", "tls", null, { tamper: after(inServerHello, (rest, bare) => bare.write(inverted(rest))) }),
  tlsRow("breaks in its certificate", "tls", null, { tamper: after(inCertificate, (rest, bare) => bare.write(inverted(rest))) }),
];

const stalled = { slow: true, does: nothing };
const stalls: Row[] = [
  tlsRow("no hello", "timeout in tls", null, { onAccept: (bare) => bare.resume() }, stalled),
  tlsRow("does not even read", "timeout in tls", null, { onAccept: (bare) => bare.pause() }, stalled),
  tlsRow("stalls in its hello", "timeout in tls", null, { tamper: after(inServerHello, () => {}) }, stalled),
  tlsRow("stalls in its certificate", "timeout in tls", null, { tamper: after(inCertificate, () => {}) }, stalled),
  tlsRow("one byte at a time", "timeout in tls", null, { tamper: after(0, dripped) }, stalled),
  tlsRow(
    "a record that does not end",
    "timeout in tls",
    null,
    onHello((bare) => bare.write(record)),
    stalled,
  ),
];

/** Asks for a new handshake in the middle of the connection, which TLS 1.2 still has. */
function renegotiates(socket: Socket, thenAnswer: boolean): void {
  const again = (): void => {
    (socket as TLSSocket).renegotiate({}, (error) => {
      if (thenAnswer) socket.write(answerText(200));
      else if (error === null && !socket.destroyed) setImmediate(again);
    });
  };
  again();
}

const inside: Row[] = [
  tlsRow("says the end before the answer", "closed_early", null, {}, { does: (socket) => socket.end() }),
  tlsRow(
    "says the end in the body",
    "delivered 200, body cut",
    null,
    {},
    {
      does: (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"),
    },
  ),
  tlsRow(
    "cut in the body, which has no length",
    "delivered 200",
    null,
    {},
    {
      does: (socket) => socket.write("HTTP/1.1 200 OK\r\n\r\nabc", () => cut(socket)),
    },
  ),
  tlsRow(
    "a record of the answer is broken",
    "tls",
    null,
    { tamper: after(5_000, (rest, bare) => bare.write(inverted(rest))) },
    {
      does: writes(`HTTP/1.1 200 OK\r\na: ${"x".repeat(15_000)}\r\n\r\n`),
    },
  ),
  tlsRow(
    "an answer in plain text",
    "tls",
    null,
    { tamper: (piece, bare) => bare.write(piece) },
    {
      does: (socket) => bareOf(socket).write(answerText(200)),
    },
  ),
  tlsRow(
    "breaks in the body",
    "delivered 200, body cut",
    null,
    { tamper: after(30_000, (rest, bare) => bare.write(inverted(rest))) },
    {
      does: writes(`HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n${"x".repeat(60_000)}`),
    },
  ),
  tlsRow(
    "a new handshake before the answer",
    "delivered 200",
    null,
    { tls: { maxVersion: "TLSv1.2" } },
    {
      does: (socket) => renegotiates(socket, true),
    },
  ),
  tlsRow(
    "new handshakes without end",
    "timeout in first_byte",
    null,
    { tls: { maxVersion: "TLSv1.2" } },
    {
      does: (socket) => renegotiates(socket, false),
      slow: true,
    },
  ),
];

export const tlsRows: readonly Row[] = [...certificates, ...versions, ...handshakes, ...stalls, ...inside];
