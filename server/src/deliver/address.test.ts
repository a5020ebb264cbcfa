import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { checkAddress, compilePolicy, parseNetwork } from "./address.ts";
import type { AddressPolicy } from "./address.ts";
import { ipv4Refused } from "./address-tables.ts";
import { checkUrl } from "./address-url.ts";

const open: AddressPolicy = {
  allowHttp: true,
  allowNetworks: [],
  allowHosts: [],
  local: false,
  ownPorts: [],
  ownHosts: [],
  ownAddresses: [],
  nat64: "deny",
};
const rulesOf = (changes: Partial<AddressPolicy> = {}) => compilePolicy({ ...open, ...changes });
const rules = rulesOf();
const allowed = (url: string, changes: Partial<AddressPolicy> = {}) => checkUrl(url, rulesOf(changes)).ok;
const ruleOf = (url: string, changes: Partial<AddressPolicy> = {}) => {
  const verdict = checkUrl(url, rulesOf(changes));
  return verdict.ok ? "ok" : verdict.rule;
};

const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join("."));
const ipv6 = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }).map((groups) => groups.map((g) => g.toString(16)).join(":"));
const refusedIpv4 = fc.constantFrom(...ipv4Refused).chain((block) => {
  const [base = "", bits = ""] = block.split("/");
  const size = 2 ** (32 - Number(bits));
  return fc.nat(size - 1).map((offset) => dotted(numberOf(base) + offset));
});

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** The address in 1 to 4 parts, the last part holding the rest, each part in its own base. */
function spell(address: string, parts: number, bases: readonly number[]): string {
  const value = numberOf(address);
  const bytes = address.split(".").map(Number);
  const rest = value % 2 ** (8 * (5 - parts));
  return [...bytes.slice(0, parts - 1), rest].map((part, index) => writeIn(part, bases[index] ?? 10)).join(".");
}

function writeIn(value: number, base: number): string {
  if (base === 16) return `0x${value.toString(16)}`;
  return base === 8 ? `0${value.toString(8)}` : String(value);
}

function embeddings(address: string): string[] {
  const value = numberOf(address);
  const high = Math.floor(value / 65_536).toString(16);
  const low = (value % 65_536).toString(16);
  const teredo = `${(Number.parseInt(high, 16) ^ 0xffff).toString(16)}:${(Number.parseInt(low, 16) ^ 0xffff).toString(16)}`;
  return [
    `::ffff:${address}`,
    `::ffff:${high}:${low}`,
    `::${high}:${low}`,
    `::ffff:0:${high}:${low}`,
    `64:ff9b::${high}:${low}`,
    `64:ff9b:1::${high}:${low}`,
    `2002:${high}:${low}::1`,
    `2001:0:4136:e378:8000:63bf:${teredo}`,
    `::5efe:${high}:${low}`,
  ];
}

describe("the address guard agrees with an independent reading of the registries", () => {
  const azure = "168.63.129.16";

  it("for any IPv4 address", () => {
    const check = (address: string) =>
      assert.equal(checkAddress(address, 443, rules, "name").ok, ipaddr.IPv4.parse(address).range() === "unicast" && address !== azure);
    check(azure);
    fc.assert(fc.property(fc.oneof(ipv4, refusedIpv4), check), { numRuns: 10_000 });
  });

  it("for any IPv6 address", () => {
    const check = (address: string) => {
      const parsed = ipaddr.IPv6.parse(address);
      const expected = parsed.range() === "unicast" && ((parsed.parts[0] ?? 0) & 0xe000) === 0x2000;
      assert.equal(checkAddress(address, 443, rules, "name").ok, expected, address);
    };
    const edges = fc.tuple(fc.constantFrom("2001", "2002", "2620", "3fff", "1fff", "4000", "64", "fe80", "fc00", "ff02", "0"), ipv6);
    const nearEdge = edges.map(([head, tail]) => `${head}:${tail.split(":").slice(1).join(":")}`);
    fc.assert(fc.property(fc.oneof(ipv6, nearEdge), check), { numRuns: 10_000 });
  });
});

describe("a refused IPv4 address is refused", () => {
  it("in every spelling: decimal, octal, hexadecimal, in one to four parts", () => {
    const bases = fc.array(fc.constantFrom(8, 10, 16), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(refusedIpv4, fc.integer({ min: 1, max: 4 }), bases, (address, parts, writing) => {
        assert.equal(allowed(`http://${spell(address, parts, writing)}/`), false);
      }),
      { numRuns: 1_000 },
    );
  });

  it("in every IPv6 form that carries it, literal or answered", () => {
    fc.assert(
      fc.property(refusedIpv4, (address) => {
        for (const form of embeddings(address)) {
          assert.equal(allowed(`http://[${form}]/`), false, form);
          assert.equal(checkAddress(form, 443, rules, "name").ok, false, form);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("inside NAT64 answers where those inherit the inner verdict", () => {
    const inherit = rulesOf({ nat64: "inherit" });
    fc.assert(
      fc.property(ipv4, (address) => {
        const form = embeddings(address)[4] ?? "";
        assert.equal(checkAddress(form, 443, inherit, "name").ok, checkAddress(address, 443, inherit, "name").ok);
        assert.equal(checkAddress(form, 443, inherit, "literal").ok, false);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a URL's verdict", () => {
  const host = fc.constantFrom("hooks.example.com", "localhost", "db.internal", "127.0.0.1", "8.8.8.8", "10.0.0.1", "kubernetes");

  it("does not depend on letter case, the root's dot, the default port or zeros before it", () => {
    fc.assert(
      fc.property(host, (name) => {
        const verdict = ruleOf(`https://${name}/in`);
        for (const spelling of [name.toUpperCase(), `${name}.`, `${name}:443`, `${name}:00443`, `${name}.:443`]) {
          assert.equal(ruleOf(`https://${spelling}/in`), verdict, spelling);
        }
      }),
    );
  });

  it("is a verdict for any string whatever", () => {
    const start = fc.constantFrom("", "http://", "https://", "https://[", "http://a@", "https://a:");
    fc.assert(
      fc.property(start, fc.oneof(fc.string({ unit: "binary" }), fc.webUrl(), fc.string({ unit: "grapheme" })), (head, tail) => {
        const verdict = checkUrl(head + tail, rules);
        assert.equal(typeof verdict.ok, "boolean");
        if (!verdict.ok) assert.match(verdict.message, /[.]$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("drops the fragment and the root's dot from what is stored", () => {
    const verdict = checkUrl("https://Hooks.Example.com./in?a=1#secret", rules);
    assert.equal(verdict.ok && verdict.url.href, "https://hooks.example.com/in?a=1");
  });

  it("says what is wrong and what to do", () => {
    assert.equal(ruleOf("https://user@hooks.example.com/"), "user_info");
    assert.equal(ruleOf("https://hooks.example.com/\nx"), "url_characters");
    assert.equal(ruleOf("http://hooks.example.com/", { allowHttp: false }), "scheme_refused");
    assert.equal(ruleOf("https://hooks.example.com:5060/"), "port_refused");
    const pinned = checkUrl("https://hooks.example.com:8443/", rulesOf({ ports: [443] }));
    assert.match(pinned.ok ? "" : pinned.message, /only these ports: 443/);
  });
});

it("user info is refused, also where it is empty and the parser drops it", () => {
  for (const head of ["https://me@", "https://me:pw@", "https://@", "https://:@", "https:@", "https:\\\\@", "HTTPS:///@"]) {
    assert.equal(ruleOf(`${head}hooks.example.com/`), "user_info", head);
  }
  for (const tail of ["/a@b", "?a@b", "#a@b", "\\a@b"]) assert.equal(ruleOf(`https://hooks.example.com${tail}`), "ok", tail);
});

describe("in local mode", () => {
  const local = { allowHttp: false, local: true, ownPorts: [4100] };

  it("http and loopback pass, also as localhost and as any other name that leads there", () => {
    for (const host of ["localhost", "LOCALHOST.", "127.0.0.1", "127.8.9.1", "[::1]"]) {
      assert.equal(ruleOf(`http://${host}:3000/in`, local), "ok", host);
    }
    assert.deepEqual(checkAddress("127.0.0.1", 3000, rulesOf(local), "name"), { ok: true });
  });

  it("Bellhop's own ports, private networks and metadata stay closed", () => {
    assert.equal(ruleOf("http://127.0.0.1:4100/v1/events", local), "own_port");
    assert.equal(ruleOf("http://localhost:4100/v1/events", local), "own_port");
    assert.equal(ruleOf("http://localhost:4100/", { ...local, local: false, allowHttp: true, allowHosts: ["localhost"] }), "own_port");
    assert.deepEqual(checkAddress("::1", 4100, rulesOf(local), "name"), { ok: false, rule: "own_port" });
    assert.equal(ruleOf("http://192.168.1.1/", local), "reserved_address");
    assert.equal(ruleOf("http://169.254.169.254/", local), "metadata_address");
    assert.equal(ruleOf("http://[::ffff:127.0.0.1]:3000/", local), "reserved_address");
  });

  it("loopback passes although it is an address of this machine", () => {
    assert.equal(ruleOf("http://127.0.0.1:3000/", { ...local, ownAddresses: ["127.0.0.1", "10.1.1.1"] }), "ok");
  });
});

describe("what the operator allows", () => {
  const lists = { allowNetworks: ["10.20.0.0/16", "127.0.0.0/8"], allowHosts: ["receiver.internal"], ownPorts: [4100] };
  const listed = rulesOf(lists);

  it("passes as a literal by its network, as a name by its name and its network", () => {
    assert.equal(ruleOf("http://10.20.1.5/in", lists), "ok");
    assert.equal(ruleOf("http://receiver.internal/in", lists), "ok");
    assert.equal(checkAddress("10.20.1.5", 80, listed, "listed_name").ok, true);
    assert.equal(checkAddress("10.20.1.5", 80, listed, "name").ok, false);
    assert.equal(checkAddress("10.21.1.5", 80, listed, "listed_name").ok, false);
  });

  it("never opens Bellhop's own ports and addresses", () => {
    assert.equal(ruleOf("http://127.0.0.1:4100/in", lists), "own_port");
    assert.equal(ruleOf("http://10.20.1.5/in", { ...lists, ownAddresses: ["10.20.1.5"] }), "own_address");
  });

  it("never opens metadata, whatever it is hidden in", () => {
    const everything = rulesOf({ allowNetworks: ["0.0.0.0/0", "::/0"], allowHosts: ["a.example.com"] });
    assert.equal(checkAddress("10.0.0.1", 80, everything, "listed_name").ok, true);
    for (const address of ["169.254.169.254", "168.63.129.16", "fd00:ec2::254", "fe80::1", ...embeddings("169.254.169.254")]) {
      assert.equal(checkAddress(address, 80, everything, "literal").ok, false, address);
      assert.equal(checkAddress(address, 80, everything, "listed_name").ok, false, address);
    }
  });

  it("is read as CIDRs", () => {
    assert.deepEqual(parseNetwork("10.0.0.0/8"), { address: "10.0.0.0", prefix: 8, family: "ipv4" });
    for (const text of ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/129", "x/8", ""]) assert.equal(parseNetwork(text), null, text);
  });
});
