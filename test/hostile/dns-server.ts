// A name server to be mean with, on loopback, over UDP and TCP on one port. A test says per name what is answered: records of
// its choice, a failure, nothing, late, cut short, or bytes that are no answer at all. It writes down every question, so that a
// test can tell what was asked from what was remembered. Only what these tests need of RFC 1035 is here: one question per
// message, and the record types A, AAAA and CNAME.

import { createSocket } from "node:dgram";
import type { Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, isIPv4 } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

const types = { A: 1, CNAME: 5, AAAA: 28 } as const;
const codes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const headerBytes = 12;
/** What one UDP datagram on loopback can carry. */
const udpBytesMax = 65_507;
/** Thousands of questions at once must not be lost before they are read. */
const receiveBufferBytes = 4_000_000;
const portAttemptsMax = 20;

/** `name` without the dot at its end, as asked; `nth` counts the questions for this name and type from 1. */
export type Question = { readonly name: string; readonly type: "A" | "AAAA" | "other"; readonly over: "udp" | "tcp"; readonly nth: number };

/** `owner` is the question's name unless given, `ttlS` 60. The data of a CNAME is a name. */
export type DnsRecord = {
  readonly type: keyof typeof types;
  readonly data: string;
  readonly owner?: string;
  readonly ttlS?: number;
};

export type DnsReply = {
  readonly records?: readonly DnsRecord[];
  readonly code?: keyof typeof codes;
  readonly afterMs?: number;
  /** Says "ask again over TCP", and leaves the records out. */
  readonly truncated?: boolean;
  /** Makes of the right message what is sent instead: several, other bytes, none. */
  readonly spoil?: (message: Buffer) => readonly Buffer[];
};

export type Zone = (question: Question) => DnsReply | null;

export type NameServer = {
  /** As `dns.Resolver.setServers` takes it. */
  readonly address: string;
  readonly questions: readonly Question[];
  close(): Promise<void>;
};

/** Null from the zone: no answer at all; over TCP the connection stays open. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const { udp, tcp, port } = await bindBoth();
  const questions: Question[] = [];
  const counts = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  const sockets = new Set<Socket>();

  const react = (query: Buffer, over: Question["over"], send: (message: Buffer) => void): void => {
    const { name, type, end } = readQuestion(query);
    const nth = (counts.get(`${name} ${type}`) ?? 0) + 1;
    counts.set(`${name} ${type}`, nth);
    const question: Question = { name, type: typeName(type), over, nth };
    questions.push(question);
    const reply = zone(question);
    if (reply === null) return;
    const message = writeMessage(query, end, name, reply);
    const messages = reply.spoil?.(message) ?? [message];
    const timer = setTimeout(() => {
      timers.delete(timer);
      for (const each of messages) send(each);
    }, reply.afterMs ?? 0);
    timers.add(timer);
  };

  udp.on("message", (query, from) => react(query, "udp", (message) => udp.send(message, from.port, from.address)));
  tcp.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    readFrames(socket, (query) => react(query, "tcp", (message) => void (socket.writable && socket.write(framed(message)))));
  });
  const close = async (): Promise<void> => {
    for (const timer of timers) clearTimeout(timer);
    for (const socket of sockets) socket.destroy();
    udp.close();
    await new Promise((closed) => tcp.close(closed));
  };
  return { address: `127.0.0.1:${port}`, questions, close };
}

/** TCP takes any port that is free; that UDP has it free too is likely and tried. */
async function bindBoth(): Promise<{ udp: UdpSocket; tcp: Server; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const tcp = createServer().listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const { port } = tcp.address() as AddressInfo;
    const udp = createSocket({ type: "udp4", recvBufferSize: receiveBufferBytes });
    try {
      udp.bind(port, "127.0.0.1");
      await once(udp, "listening");
      return { udp, tcp, port };
    } catch (error) {
      udp.close();
      tcp.close();
      if (attempt === portAttemptsMax) throw error;
    }
  }
}

function readFrames(socket: Socket, handle: (query: Buffer) => void): void {
  let buffered: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= 2 && buffered.length >= 2 + buffered.readUInt16BE(0)) {
      const bytes = 2 + buffered.readUInt16BE(0);
      handle(buffered.subarray(2, bytes));
      buffered = buffered.subarray(bytes);
    }
  });
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function typeName(type: number): Question["type"] {
  if (type === types.A) return "A";
  return type === types.AAAA ? "AAAA" : "other";
}

/** The question is repeated as it was asked, records follow. */
function writeMessage(query: Buffer, end: number, name: string, reply: DnsReply): Buffer {
  const records = reply.truncated ? [] : (reply.records ?? []);
  const header = Buffer.from(query.subarray(0, headerBytes));
  const isAnswer = 0x8180;
  const isTruncated = reply.truncated ? 0x0200 : 0;
  header.writeUInt16BE(isAnswer | isTruncated | codes[reply.code ?? "NOERROR"], 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  const message = Buffer.concat([header, query.subarray(headerBytes, end), ...records.map((record) => writeRecord(record, name))]);
  if (message.length > udpBytesMax) throw new Error(`An answer of ${message.length} bytes.`);
  return message;
}

function writeRecord({ type, data, owner, ttlS = 60 }: DnsRecord, name: string): Buffer {
  // The question's name is not spelled out again: it stands right behind the header.
  const ownerBytes = owner === undefined || owner === name ? Buffer.from([0xc0, headerBytes]) : writeName(owner);
  const value = type === "CNAME" ? writeName(data) : addressBytes(data);
  const head = Buffer.alloc(10);
  head.writeUInt16BE(types[type], 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(ttlS, 4);
  head.writeUInt16BE(value.length, 8);
  return Buffer.concat([ownerBytes, head, value]);
}

function writeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, "latin1")]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  // The URL parser writes every spelling in one form: hexadecimal groups, at most one run of zeros left out.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string | undefined): string[] => (text === undefined || text === "" ? [] : text.split(":"));
  const [left, right] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, "0")).join(""), "hex");
}
