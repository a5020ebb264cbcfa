// Asks the system's name servers by c-ares: A and AAAA at once, always for the full name, so that no search list turns a
// short name into a host of the cluster. `/etc/hosts` is not read and neither is anything else that `getaddrinfo` would ask:
// a name that exists only there cannot be a receiver. `localhost` is answered here; whether it passes is the guard's matter.

import { Resolver } from "node:dns/promises";
import type { Lookup, ResolveFailure } from "./resolver.ts";

/** For both questions together, all name servers and repetitions included. */
export const LOOKUP_MS_MAX = 3_000;
/** c-ares asks again after this, doubling. */
const QUERY_MS = 1_000;
const QUERY_TRIES = 3;

type Answer = { readonly records: readonly { address: string; ttl: number }[] } | { readonly code: string };

/** The system's name servers, or `servers` (`address:port`) in their place. Each call is a question to the network. */
export function dnsLookup(servers?: readonly string[]): (host: string) => Promise<Lookup> {
  const resolver = new Resolver({ timeout: QUERY_MS, tries: QUERY_TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return (host) => (host === "localhost" ? Promise.resolve(localhost) : lookUp(resolver, `${host}.`));
}

const localhost: Lookup = { addresses: ["127.0.0.1", "::1"], ttlMs: Number.POSITIVE_INFINITY };

async function lookUp(resolver: Resolver, name: string): Promise<Lookup> {
  const { promise: tooLate, resolve: giveUp } = Promise.withResolvers<Answer>();
  const timer = setTimeout(giveUp, LOOKUP_MS_MAX, { code: "ETIMEOUT" });
  const [ipv4, ipv6] = await Promise.all([
    Promise.race([answer(resolver.resolve4(name, { ttl: true })), tooLate]),
    Promise.race([answer(resolver.resolve6(name, { ttl: true })), tooLate]),
  ]);
  clearTimeout(timer);
  return combine(ipv4, ipv6);
}

function answer(question: Promise<{ address: string; ttl: number }[]>): Promise<Answer> {
  return question.then(
    (records) => ({ records }),
    (error: NodeJS.ErrnoException) => ({ code: error.code ?? "" }),
  );
}

/** One family is enough. Where neither has an address, the more telling failure is given. */
function combine(ipv4: Answer, ipv6: Answer): Lookup {
  const records = [ipv4, ipv6].flatMap((one) => ("records" in one ? one.records : []));
  if (records.length > 0) {
    const ttlMs = Math.min(...records.map((record) => record.ttl)) * 1_000;
    return { addresses: records.map((record) => record.address), ttlMs };
  }
  const failures = [ipv4, ipv6].map((one) => ("code" in one ? failureOf(one.code) : "no_address"));
  const order: ResolveFailure[] = ["not_found", "timeout", "server_failure", "no_address"];
  return { failure: order.find((failure) => failures.includes(failure)) ?? "server_failure", ttlMs: 0 };
}

function failureOf(code: string): ResolveFailure {
  if (code === "ENOTFOUND") return "not_found";
  if (code === "ENODATA") return "no_address";
  return code === "ETIMEOUT" || code === "ECANCELLED" ? "timeout" : "server_failure";
}
