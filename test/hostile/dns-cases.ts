// What name servers answer to a sender, by design or by malice, and what has to become of a delivery to such a name. `good` is
// the only address where anything may ever arrive. `bait` would pass the guard as well: it is in answers that must not be believed.

import type { AttemptFailure } from "@bellhop/contract/reasons";
import type { DnsRecord, DnsReply, Question, Zone } from "./dns-server.ts";

export type DnsCase = {
  readonly zone: Zone;
  readonly timeoutMs?: number;
  /** Null: delivered. */
  readonly failure: AttemptFailure | null;
  /** What its owner reads; a part of the sentence. */
  readonly says?: RegExp;
  /** Ends before its deadline: after this many milliseconds, at most. */
  readonly withinMs?: number;
};

const refused = { failure: "address_refused" } as const;
const notFound = { failure: "dns", says: /^The host name does not exist\./ } as const;
const noAddress = { failure: "dns", says: /^The host name exists but has no address\./ } as const;
const serverFailure = { failure: "dns", says: /^The name servers could not answer\./ } as const;
const noAnswer = { failure: "dns", says: /^The name servers did not answer in time\./, withinMs: 3_000, timeoutMs: 4_000 } as const;
const timedOut = { failure: "timeout", says: /^The name servers did not answer within 1 s\./, timeoutMs: 1_000 } as const;

export function dnsCases(good: string, bait: string): Record<string, DnsCase> {
  return { ...answered(good), ...failed(), ...spoiled(good, bait), ...forbidden(good), ...chained(good) };
}

const a = (data: string, owner?: string): DnsRecord => ({ type: "A", data, ...(owner === undefined ? {} : { owner }) });
const aaaa = (data: string, owner?: string): DnsRecord => ({ type: "AAAA", data, ...(owner === undefined ? {} : { owner }) });
const cname = (data: string, owner?: string): DnsRecord => ({ type: "CNAME", data, ...(owner === undefined ? {} : { owner }) });

/** The records of the question's type; what is no address stands in every answer. */
function records(...all: readonly DnsRecord[]): Zone {
  return ({ type }) => ({ records: all.filter((record) => record.type === type || record.type === "CNAME") });
}

/** The good address, and what else the answer is like. */
function goodWith(good: string, reply: DnsReply): Zone {
  return (question) => ({ ...records(a(good))(question), ...reply });
}

function answered(good: string): Record<string, DnsCase> {
  const overTcp = ({ over, type }: Question, tcp: DnsReply | null): DnsReply | null => {
    if (over === "tcp") return tcp;
    return { truncated: type === "A" };
  };
  return {
    "an address": { zone: records(a(good)), failure: null },
    "an address, late": { zone: goodWith(good, { afterMs: 500 }), failure: null },
    "an address, only over TCP": { zone: (question) => overTcp(question, { records: [a(good)] }), failure: null },
    "an address, and nothing for IPv6": {
      zone: (question) => (question.type === "A" ? { records: [a(good)] } : null),
      failure: null,
      withinMs: 900,
    },
    "an address at the second time of asking": {
      zone: (question) => (question.nth === 1 ? null : records(a(good))(question)),
      failure: null,
      timeoutMs: 3_000,
    },
    "four thousand addresses over TCP": {
      zone: (question) => overTcp(question, { records: Array<DnsRecord>(4_000).fill(a(good)) }),
      failure: null,
    },
    "nothing at all over TCP": { zone: (question) => overTcp(question, null), ...noAnswer },
    "that it was cut, also over TCP": { zone: () => ({ truncated: true }), ...noAddress },
  };
}

function failed(): Record<string, DnsCase> {
  return {
    "that there is no such name": { zone: () => ({ code: "NXDOMAIN" }), ...notFound },
    "that there is no such name, to one question": {
      zone: ({ type }) => (type === "A" ? { code: "NXDOMAIN" } : { code: "SERVFAIL" }),
      ...notFound,
    },
    "that there is no address": { zone: () => ({}), ...noAddress },
    SERVFAIL: { zone: () => ({ code: "SERVFAIL" }), ...serverFailure },
    REFUSED: { zone: () => ({ code: "REFUSED" }), ...serverFailure },
    NOTIMP: { zone: () => ({ code: "NOTIMP" }), ...serverFailure },
    nothing: { zone: () => null, ...noAnswer },
    "nothing, to a subscription that waits for a second": { zone: () => null, ...timedOut },
    "an address after the deadline": { zone: () => ({ afterMs: 1_300, records: [a("10.0.0.1")] }), ...timedOut },
  };
}

function spoiled(good: string, bait: string): Record<string, DnsCase> {
  const spoil = (change: (message: Buffer) => readonly Buffer[]): Zone => goodWith(good, { spoil: change });
  return {
    "with the wrong id first": { zone: spoil((message) => [forged(message, bait), message]), failure: null },
    "with the wrong id only": { zone: spoil((message) => [forged(message, bait)]), ...noAnswer },
    "with the answer to another question first": { zone: spoil((message) => [renamed(message, bait), message]), failure: null },
    "with the answer to another question only": { zone: spoil((message) => [renamed(message, bait)]), ...noAnswer },
    "with half of the answer": { zone: spoil((message) => [message.subarray(0, message.length - 6)]), ...serverFailure },
    "with a header only": { zone: spoil((message) => [message.subarray(0, 12)]), ...serverFailure },
    "with an empty datagram": { zone: spoil(() => [Buffer.alloc(0)]), ...noAnswer },
    "with noise": { zone: spoil((message) => [Buffer.concat([message.subarray(0, 2), Buffer.alloc(200, 0xff)])]), ...serverFailure },
    "with a name that points at itself": { zone: spoil((message) => [selfPointing(message)]), ...serverFailure },
    "with more records than there are": { zone: spoil((message) => [promising(message)]), ...serverFailure },
  };
}

function forbidden(good: string): Record<string, DnsCase> {
  const baits: Record<string, DnsRecord> = {
    "a private address": a("10.0.0.1"),
    loopback: a("127.0.0.53"),
    "the address of a cloud's credentials": a("169.254.169.254"),
    "this network": a("0.0.0.0"),
    multicast: a("224.0.0.1"),
    "loopback of IPv6": aaaa("::1"),
    "a private address, mapped": aaaa("::ffff:10.0.0.1"),
    "a private address, compatible": aaaa("::10.0.0.1"),
    "a private address, translated": aaaa("::ffff:0:10.0.0.1"),
    "a private address by NAT64": aaaa("64:ff9b::10.0.0.1"),
    "a private address by a local NAT64": aaaa("64:ff9b:1::10.0.0.1"),
    "a private address by 6to4": aaaa("2002:a00:1::1"),
    "a private address by Teredo": aaaa("2001:0:4136:e378:8000:63bf:f5ff:fffe"),
    "a unique local address": aaaa("fd00::1"),
    "a link-local address": aaaa("fe80::1"),
    "the good address, mapped": aaaa(`::ffff:${good}`),
    "the good address by NAT64": aaaa(`64:ff9b::${good}`),
  };
  const rows = Object.entries(baits).flatMap(([name, bait]) => [
    [name, { zone: records(bait), ...refused }],
    [`${name} among good ones`, { zone: records(a(good), bait), ...refused }],
  ]);
  return Object.fromEntries(rows) as Record<string, DnsCase>;
}

function chained(good: string): Record<string, DnsCase> {
  const links = (count: number, end: DnsRecord[]): Zone => {
    const chain = Array.from({ length: count }, (_, link) =>
      link === 0 ? cname("link1.example.com") : cname(`link${link + 1}.example.com`, `link${link}.example.com`),
    );
    return records(...chain, ...end);
  };
  return {
    "a name that is another": { zone: links(1, [a(good, "link1.example.com")]), failure: null },
    "a chain of sixty names": { zone: links(60, [a(good, "link60.example.com")]), failure: null },
    "a name that is itself": { zone: ({ name }) => ({ records: [cname(name)] }), ...noAddress },
    "two names that are each other": {
      zone: ({ name }) => ({ records: [cname("other.example.com"), cname(name, "other.example.com")] }),
      ...noAddress,
    },
    "a name that is one without an address": { zone: records(cname("nowhere.example.com")), ...noAddress },
    "a name that is one of a private address": { zone: records(cname("db.internal"), a("10.0.0.1", "db.internal")), ...refused },
    "a name that is localhost": { zone: records(cname("localhost"), a("127.0.0.1", "localhost"), aaaa("::1", "localhost")), ...refused },
  };
}

/** As somebody would send it who has to guess the id, with an address of his. */
function forged(message: Buffer, bait: string): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(message.readUInt16BE(0) ^ 0x5555, 0);
  return withBait(copy, bait);
}

/** The right id, another name. */
function renamed(message: Buffer, bait: string): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt8(copy.readUInt8(13) === 0x7a ? 0x79 : 0x7a, 13);
  return withBait(copy, bait);
}

/** The last four bytes of an answer with one IPv4 address are the address. */
function withBait(message: Buffer, bait: string): Buffer {
  if (message.readUInt16BE(6) > 0) Buffer.from(bait.split(".").map(Number)).copy(message, message.length - 4);
  return message;
}

/** The owner of the first record is a pointer to that pointer. */
function selfPointing(message: Buffer): Buffer {
  const end = questionEnd(message);
  const copy = Buffer.concat([message.subarray(0, end), Buffer.alloc(16)]);
  copy.writeUInt16BE(1, 6);
  copy.writeUInt16BE(0xc000 | end, end);
  return copy;
}

function promising(message: Buffer): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(0xffff, 6);
  return copy;
}

function questionEnd(message: Buffer): number {
  let at = 12;
  while ((message[at] ?? 0) > 0) at += 1 + (message[at] as number);
  return at + 5;
}
