// Asks the system's name servers by c-ares: A and AAAA at once, always for the full name, so that no search list turns a
// short name into a host of the cluster. `/etc/hosts` is not read and neither is anything else that `getaddrinfo` would ask:
// a name that exists only there cannot be a receiver. `localhost` is answered here; whether it passes is the guard's matter.

import { Resolver } from "node:dns/promises";
import type { Lookup, ResolveFailure } from "./resolver.ts";

/** For both questions together, all name servers and repetitions included. */
export const LOOKUP_MS_MAX = 3_000;
/** c-ares asks again after this. */
const QUERY_MS = 1_000;
const QUERY_TRIES = 3;
/** Once one family has an address the other is waited for no longer: some name servers never answer for IPv6. */
const OTHER_FAMILY_MS = 300;
/** Of each family. A hostile name has thousands; those beyond are neither remembered nor ever contacted. */
const ADDRESSES_MAX = 32;

type Answer = { readonly records: readonly { address: string; ttl: number }[] } | { readonly code: string };

/** The system's name servers, or `servers` (`address:port`) in their place. Each call is a question to the network. */
export function dnsLookup(servers?: readonly string[]): (host: string) => Promise<Lookup> {
  return (host) => (host === "localhost" ? Promise.resolve(localhost) : lookUp(createResolver(servers), `${host}.`));
}

const localhost: Lookup = { addresses: ["127.0.0.1", "::1"], ttlMs: Number.POSITIVE_INFINITY };

/**
 * One for each lookup: where an answer cannot be read, c-ares gives up every question on the same socket, so that one bad
 * name would fail all others that are asked for meanwhile. It is also a port of its own that a forger has to guess.
 */
function createResolver(servers: readonly string[] | undefined): Resolver {
  const resolver = new Resolver({ timeout: QUERY_MS, tries: QUERY_TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return resolver;
}

async function lookUp(resolver: Resolver, name: string): Promise<Lookup> {
  const { promise: tooLate, resolve: giveUp } = Promise.withResolvers<void>();
  const timers = [setTimeout(giveUp, LOOKUP_MS_MAX)];
  const answers: [Answer, Answer] = [{ code: "ETIMEOUT" }, { code: "ETIMEOUT" }];
  const wait = async (family: 0 | 1, question: Promise<Answer>): Promise<void> => {
    const given = await question;
    answers[family] = given;
    if ("records" in given) timers.push(setTimeout(giveUp, OTHER_FAMILY_MS));
  };
  const ipv4 = wait(0, answer(resolver.resolve4(name, { ttl: true })));
  const ipv6 = wait(1, answer(resolver.resolve6(name, { ttl: true })));
  await Promise.race([Promise.all([ipv4, ipv6]), tooLate]);
  for (const timer of timers) clearTimeout(timer);
  const lookup = combine(...answers);
  resolver.cancel();
  return lookup;
}

function answer(question: Promise<{ address: string; ttl: number }[]>): Promise<Answer> {
  return question.then(
    (records) => ({ records }),
    (error: NodeJS.ErrnoException) => ({ code: error.code ?? "" }),
  );
}

/** One family is enough. Where neither has an address, the more telling failure is given. */
function combine(ipv4: Answer, ipv6: Answer): Lookup {
  const records = [ipv4, ipv6].flatMap((one) => ("records" in one ? one.records.slice(0, ADDRESSES_MAX) : []));
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
