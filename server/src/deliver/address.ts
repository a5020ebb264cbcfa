// The address guard's one question: may Bellhop send to this address? Pure: no name is resolved here and nothing is
// contacted. The answer is no unless a rule says yes, and anything that cannot be read as an address is refused.
// `net.BlockList` answers "not in the list" to whatever it cannot parse, so it is never asked before `net.isIP` agreed.

import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import { carriesIpv4, ipv4Loopback, ipv4Refused, ipv6Global, ipv6Loopback, ipv6Refused, metadata, nat64 } from "./address-tables.ts";

export type AddressPolicy = {
  /** `http:` as well as `https:`. */
  readonly allowHttp: boolean;
  /** Only these ports; otherwise 80, 443 and 1024 to 65535 without those of other protocols. */
  readonly ports?: readonly number[];
  /** CIDRs that pass although they are not public: for literals, and for the names of `allowHosts`. */
  readonly allowNetworks: readonly string[];
  /** Names that may resolve into `allowNetworks`, whatever they end in. */
  readonly allowHosts: readonly string[];
  /** Local mode: http, loopback and the name `localhost` pass. */
  readonly local: boolean;
  /** Ports on which Bellhop itself listens: refused on every address that is not public. */
  readonly ownPorts: readonly number[];
  readonly ownHosts: readonly string[];
  readonly ownAddresses: readonly string[];
  /** Whether an answer of DNS64 is refused or judged by the IPv4 address inside it. Literals are refused either way. */
  readonly nat64: "deny" | "inherit";
};

/** Where an address came from: written in the URL, the answer for a name, or the answer for a name in `allowHosts`. */
export type AddressSource = "literal" | "name" | "listed_name";

export type AddressRule = "not_an_address" | "metadata_address" | "own_address" | "own_port" | "reserved_address";

export type AddressVerdict = { readonly ok: true } | { readonly ok: false; readonly rule: AddressRule };

/** A policy with its lists built, so that a check is a few look-ups. Made once by `compilePolicy`. */
export type AddressRules = {
  readonly policy: AddressPolicy;
  readonly allowHosts: ReadonlySet<string>;
  readonly ownHosts: ReadonlySet<string>;
  readonly ownPorts: ReadonlySet<number>;
  readonly ownAddresses: BlockList;
  readonly allowNetworks: BlockList;
  readonly ipv4Refused: BlockList;
  readonly ipv6Global: BlockList;
  readonly ipv6Refused: BlockList;
  readonly metadata: BlockList;
  readonly carriesIpv4: BlockList;
  readonly nat64: BlockList;
  readonly ipv4Loopback: BlockList;
  readonly ipv6Loopback: BlockList;
};

/** Builds the lists of a policy. A network or address that cannot be read is a bug here: configuration checks them first. */
export function compilePolicy(policy: AddressPolicy): AddressRules {
  return {
    policy,
    allowHosts: new Set(policy.allowHosts.map(plainName)),
    ownHosts: new Set(policy.ownHosts.map(plainName)),
    ownPorts: new Set(policy.ownPorts),
    ownAddresses: listOf(policy.ownAddresses.map((address) => `${address}/${isIP(address) === 6 ? 128 : 32}`)),
    allowNetworks: listOf(policy.allowNetworks),
    ipv4Refused: listOf(ipv4Refused),
    ipv6Global: listOf(ipv6Global),
    ipv6Refused: listOf(ipv6Refused),
    metadata: listOf(metadata),
    carriesIpv4: listOf(carriesIpv4),
    nat64: listOf(nat64),
    ipv4Loopback: listOf(ipv4Loopback),
    ipv6Loopback: listOf(ipv6Loopback),
  };
}

/** Reads a CIDR such as `10.20.0.0/16`; null when it is not one. */
export function parseNetwork(text: string): { address: string; prefix: number; family: "ipv4" | "ipv6" } | null {
  const match = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(text.trim());
  const address = match?.[1] ?? "";
  const version = isIP(address);
  const prefix = Number(match?.[2]);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) return null;
  return { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

/** A host name as the lists hold it: lower case, without the root's dot. */
export function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

/** May a connection go to this address and port? */
export function checkAddress(address: string, port: number, rules: AddressRules, source: AddressSource): AddressVerdict {
  const family = familyOf(address);
  if (family === null) return refused("not_an_address");
  const inside = (list: BlockList): boolean => list.check(address, family);
  if (inside(rules.metadata)) return refused("metadata_address");
  if (source !== "literal" && rules.policy.nat64 === "inherit" && family === "ipv6" && inside(rules.nat64)) {
    return checkAddress(lastFourBytes(address), port, rules, source);
  }
  if (isPublic(address, family, rules)) return inside(rules.ownAddresses) ? refused("own_address") : { ok: true };
  return checkClosedAddress(address, family, port, rules, source);
}

/** An address that is not public passes only where local mode or the operator opened its network. */
function checkClosedAddress(
  address: string,
  family: "ipv4" | "ipv6",
  port: number,
  rules: AddressRules,
  source: AddressSource,
): AddressVerdict {
  const inside = (list: BlockList): boolean => list.check(address, family);
  // One list per family: a list also matches the IPv4-mapped form of its IPv4 rules, which must stay refused.
  const isLoopback = inside(family === "ipv4" ? rules.ipv4Loopback : rules.ipv6Loopback);
  if (!isLoopback && family === "ipv6" && inside(rules.carriesIpv4)) return refused("reserved_address");
  const opened = (isLoopback && rules.policy.local) || (source !== "name" && inside(rules.allowNetworks));
  if (!opened) return refused("reserved_address");
  if (rules.ownPorts.has(port)) return refused("own_port");
  // Loopback is always our own address: there the ports decide.
  if (!isLoopback && inside(rules.ownAddresses)) return refused("own_address");
  return { ok: true };
}

function isPublic(address: string, family: "ipv4" | "ipv6", rules: AddressRules): boolean {
  if (family === "ipv4") return !rules.ipv4Refused.check(address, "ipv4");
  return rules.ipv6Global.check(address, "ipv6") && !rules.ipv6Refused.check(address, "ipv6");
}

/** `net.isIP` accepts a zone (`fe80::1%eth0`); the guard does not. */
function familyOf(address: string): "ipv4" | "ipv6" | null {
  if (address.includes("%")) return null;
  const version = isIP(address);
  if (version === 0) return null;
  return version === 4 ? "ipv4" : "ipv6";
}

/** The IPv4 address in the last four bytes of an IPv6 address. */
function lastFourBytes(address: string): string {
  // The URL parser writes every spelling in one form: hexadecimal groups, at most one run of zeros left out.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill("0"), ...right];
  const high = Number.parseInt(groups[6] ?? "", 16);
  const low = Number.parseInt(groups[7] ?? "", 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of networks) {
    const network = parseNetwork(text);
    assert(network !== null, `not a network: ${text}`);
    list.addSubnet(network.address, network.prefix, network.family);
  }
  return list;
}

function refused(rule: AddressRule): AddressVerdict {
  return { ok: false, rule };
}
