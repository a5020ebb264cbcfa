import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import { CachedResolver, FAILED_MS, FOUND_MS_MAX, NAMES_MAX } from "./resolver.ts";
import type { Lookup } from "./resolver.ts";
import { dnsLookup } from "./resolver-dns.ts";

function cached(answers: (host: string) => Lookup) {
  const asked: string[] = [];
  const clock = { ms: 0 };
  const lookup = (host: string) => {
    asked.push(host);
    return Promise.resolve(answers(host));
  };
  return { resolver: new CachedResolver(lookup, () => clock.ms), asked, clock };
}

describe("answers are remembered", () => {
  it("for their TTL, and never longer than half a minute", async () => {
    const { resolver, asked, clock } = cached((host) => ({ addresses: ["192.0.2.1"], ttlMs: host === "short" ? 1_000 : 86_400_000 }));
    await resolver.resolve("short");
    clock.ms = 999;
    await resolver.resolve("short");
    assert.equal(asked.length, 1);
    clock.ms = 1_000;
    await resolver.resolve("short");
    assert.equal(asked.length, 2);
    await resolver.resolve("long");
    clock.ms += FOUND_MS_MAX;
    await resolver.resolve("long");
    assert.deepEqual(asked, ["short", "short", "long", "long"]);
  });

  it("for five seconds when there was no address", async () => {
    const { resolver, asked, clock } = cached(() => ({ failure: "not_found", ttlMs: 0 }));
    assert.equal("failure" in (await resolver.resolve("gone")), true);
    clock.ms = FAILED_MS - 1;
    await resolver.resolve("gone");
    clock.ms = FAILED_MS;
    await resolver.resolve("gone");
    assert.equal(asked.length, 2);
  });

  it("with one question for all who ask at the same time", async () => {
    const { resolver, asked } = cached(() => ({ addresses: ["192.0.2.1"], ttlMs: 0 }));
    await Promise.all([resolver.resolve("a"), resolver.resolve("a"), resolver.resolve("a")]);
    assert.equal(asked.length, 1);
  });

  it("for a bounded number of names", async () => {
    const { resolver, asked } = cached(() => ({ addresses: ["192.0.2.1"], ttlMs: 10_000 }));
    for (let name = 0; name <= NAMES_MAX; name += 1) await resolver.resolve(`n${name}`);
    await resolver.resolve(`n${NAMES_MAX}`);
    assert.equal(asked.length, NAMES_MAX + 1);
    await resolver.resolve("n0");
    assert.equal(asked.length, NAMES_MAX + 2);
  });
});

describe("the name servers are asked", async () => {
  const server = await startNameServer();
  const lookup = dnsLookup([server.address]);
  after(() => server.close());

  it("for both families of the full name", async () => {
    assert.deepEqual(await lookup("both.example.com"), { addresses: ["192.0.2.7", "2001:db8::7"], ttlMs: 60_000 });
    assert.deepEqual(await lookup("ipv4.example.com"), { addresses: ["192.0.2.7"], ttlMs: 60_000 });
    assert.deepEqual(await lookup("single"), { failure: "not_found", ttlMs: 0 });
    assert.equal(
      server.names.every((name) => name.endsWith("example.com") || name === "single"),
      true,
      `a search list was applied: ${server.names.join(" ")}`,
    );
  });

  it("and their failures are told apart", async () => {
    assert.deepEqual(await lookup("missing.example.com"), { failure: "not_found", ttlMs: 0 });
    assert.deepEqual(await lookup("empty.example.com"), { failure: "no_address", ttlMs: 0 });
    assert.deepEqual(await lookup("refused.example.com"), { failure: "server_failure", ttlMs: 0 });
  });

  it("for three seconds at most", async () => {
    const began = performance.now();
    assert.deepEqual(await lookup("silent.example.com"), { failure: "timeout", ttlMs: 0 });
    assert.ok(performance.now() - began < 3_500);
  });

  it("but never for localhost", async () => {
    assert.deepEqual(await lookup("localhost"), { addresses: ["127.0.0.1", "::1"], ttlMs: Number.POSITIVE_INFINITY });
    assert.equal(server.names.includes("localhost"), false);
  });
});

/** A name server on loopback that knows a handful of names. */
async function startNameServer() {
  const socket = createSocket("udp4");
  const names: string[] = [];
  socket.on("message", (query, from) => {
    const { name, type, end } = readQuestion(query);
    names.push(name);
    const answer = answerTo(name, type);
    if (answer !== null) socket.send(writeAnswer(query, end, answer), from.port, from.address);
  });
  await new Promise<void>((listening) => socket.bind(0, "127.0.0.1", listening));
  return { address: `127.0.0.1:${(socket.address() as AddressInfo).port}`, names, close: () => socket.close() };
}

type NameAnswer = { code: number; data?: Buffer; type?: number };

/** Null: no answer at all. Code 3 is NXDOMAIN, 5 REFUSED. */
function answerTo(name: string, type: number): NameAnswer | null {
  if (name.startsWith("silent")) return null;
  if (name.startsWith("refused")) return { code: 5 };
  if (name.startsWith("missing") || name === "single") return { code: 3 };
  if (type === 1 && /^(both|ipv4)/.test(name)) return { code: 0, type, data: Buffer.from([192, 0, 2, 7]) };
  if (type === 28 && name.startsWith("both")) return { code: 0, type, data: Buffer.from("20010db8000000000000000000000007", "hex") };
  return { code: 0 };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function writeAnswer(query: Buffer, end: number, answer: NameAnswer): Buffer {
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | answer.code, 2);
  header.writeUInt16BE(answer.data === undefined ? 0 : 1, 6);
  header.writeUInt32BE(0, 8);
  const question = query.subarray(12, end);
  if (answer.data === undefined) return Buffer.concat([header, question]);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(answer.type ?? 1, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(answer.data.length, 10);
  return Buffer.concat([header, question, record, answer.data]);
}
