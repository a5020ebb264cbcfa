// Every case of `cases/ssrf-cases.json`, through the sender, with a resolver and a network that are pretended: what would be
// contacted is written down and led to a receiver on loopback instead. An address in the file is never really contacted.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { compilePolicy } from "../../server/src/deliver/address.ts";
import type { AddressPolicy } from "../../server/src/deliver/address.ts";
import { checkUrl } from "../../server/src/deliver/address-url.ts";
import type { Answer } from "../../server/src/deliver/answer.ts";
import { Sender } from "../../server/src/deliver/sender.ts";
import { answerText, authority, startReceiver } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";
import { clock, exchangeTo } from "./sending.ts";

type Case = {
  id: string;
  category: string;
  stage: string;
  url: string;
  why: string;
  verdict: "allow" | "deny";
  policy?: {
    allow_http?: boolean;
    ports?: number[];
    nat64?: "deny" | "inherit";
    own_hosts?: string[];
    own_addresses?: string[];
    allow_hosts?: string[];
    allow_networks?: string[];
  };
  resolves_to?: string[];
  resolves_to_next?: string[];
  response?: { status: number; location?: string; headers?: Record<string, string> };
  expect?: { sni?: string; host?: string; path?: string; hostname?: string };
  connects_to?: string[];
  max_lookups?: number;
};

const cases = JSON.parse(readFileSync(new URL("../../cases/ssrf-cases.json", import.meta.url), "utf8")) as Case[];

let plain: Receiver;
let secure: Receiver;
let response: Case["response"];
before(async () => {
  const answer = (socket: { write(text: string): unknown }) => {
    const headers = Object.entries({ ...response?.headers, ...(response?.location ? { location: response.location } : {}) });
    const lines = headers.map(([name, value]) => `${name}: ${value}`);
    socket.write(answerText(response?.status ?? 200, lines));
  };
  plain = await startReceiver(answer);
  secure = await startReceiver(answer, { certificate: "good" });
});
after(async () => {
  await Promise.all([plain.close(), secure.close()]);
});

type World = { sender: Sender; dialled: string[]; lookups: string[] };

/** A sender in a world where a name resolves as told and every connection leads to the test's receiver. */
function pretend(policy: AddressPolicy, receiver: Receiver, answers: readonly (readonly string[])[]): World {
  const dialled: string[] = [];
  const lookups: string[] = [];
  const sender = new Sender({
    rules: compilePolicy(policy),
    clock,
    ca: authority,
    resolver: {
      resolve: (host) => {
        const addresses = answers[Math.min(lookups.length, answers.length - 1)] ?? [];
        lookups.push(host);
        return Promise.resolve({ addresses });
      },
    },
    dial: (address) => {
      dialled.push(address);
      return Object.defineProperty(connect(receiver.port, "127.0.0.1"), "remoteAddress", { value: address });
    },
  });
  return { sender, dialled, lookups };
}

function policyOf({ policy }: Case): AddressPolicy {
  return {
    allowHttp: policy?.allow_http ?? true,
    ...(policy?.ports === undefined ? {} : { ports: policy.ports }),
    allowNetworks: policy?.allow_networks ?? [],
    allowHosts: policy?.allow_hosts ?? [],
    local: false,
    ownPorts: [],
    ownHosts: policy?.own_hosts ?? [],
    ownAddresses: policy?.own_addresses ?? [],
    nat64: policy?.nat64 ?? "deny",
  };
}

async function run(one: Case): Promise<World & { answer: Answer; receiver: Receiver; requests: number }> {
  const receiver = /^https:/i.test(one.url) ? secure : plain;
  const before = receiver.requests.length;
  response = one.response;
  const world = pretend(policyOf(one), receiver, [one.resolves_to ?? [], one.resolves_to_next ?? one.resolves_to ?? []]);
  const answer = await world.sender.send(exchangeTo(one.url, { timeoutMs: 2_000 }));
  await world.sender.close();
  return { ...world, answer, receiver, requests: receiver.requests.length - before };
}

function assertRefused(one: Case, { answer, dialled, requests }: Awaited<ReturnType<typeof run>>): void {
  assert.equal(answer.failure, "address_refused", one.why);
  assert.deepEqual(dialled, [], "something was contacted");
  assert.equal(requests, 0);
}

function assertSent(one: Case, result: Awaited<ReturnType<typeof run>>): void {
  const { answer, dialled, lookups, receiver, requests } = result;
  const redirected = one.response !== undefined && one.response.status >= 300;
  assert.deepEqual(
    [answer.failure, answer.detail?.includes(one.response?.location ?? "") ?? false],
    [redirected ? "redirect_refused" : null, redirected],
  );
  const permitted = one.connects_to ?? one.resolves_to ?? [new URL(one.url).hostname.replace(/^\[|\]$/g, "")];
  assert.ok(dialled.length > 0 && dialled.every((address) => permitted.includes(address)), `contacted ${dialled.join(" ")}`);
  assert.ok(lookups.length <= (one.max_lookups ?? 1), `asked ${lookups.length} times`);
  assert.equal(requests, 1);
  const request = receiver.requests.at(-1);
  if (one.expect?.sni !== undefined) assert.equal(request?.servername, one.expect.sni);
  if (one.expect?.host !== undefined) assert.equal(request?.headers.get("host"), one.expect.host);
  if (one.expect?.path !== undefined) assert.equal(request?.path, one.expect.path);
  if (one.expect?.hostname !== undefined) assert.deepEqual(lookups, [one.expect.hostname]);
}

for (const category of new Set(cases.map((one) => one.category))) {
  describe(`guard: ${category}`, () => {
    for (const one of cases.filter((each) => each.category === category)) {
      it(`${one.id} ${one.verdict} ${one.url.slice(0, 60)}`, async () => {
        const result = await run(one);
        // In the redirect cases the verdict is about where the answer points, not about the URL.
        if (one.verdict === "deny" && one.stage !== "redirect") assertRefused(one, result);
        else assertSent(one, result);
      });
    }
  });
}

it("no string whatever sends anything anywhere but to the addresses of its name", async () => {
  const base = policyOf({} as Case);
  const addresses: fc.Arbitrary<string> = fc.constantFrom(
    "93.184.216.34",
    "2606:4700:4700::1111",
    "10.0.0.1",
    "::1",
    "169.254.169.254",
    "fe80::1%eth0",
    "x",
  );
  const url = fc.oneof(
    fc.webUrl({ validSchemes: ["http"] }),
    fc.string().map((text) => `http://${text}`),
    fc.constant("http://a.example.com"),
  );
  await fc.assert(
    fc.asyncProperty(url, fc.array(addresses, { maxLength: 4 }), async (raw, resolved) => {
      response = undefined;
      const checked = checkUrl(raw, compilePolicy(base));
      const { sender, dialled } = pretend(base, plain, [resolved]);
      const answer = await sender.send(exchangeTo(raw, { timeoutMs: 2_000 }));
      await sender.close();
      const literal = checked.ok && checked.literal;
      const publicOnes = resolved.every((address) => address.startsWith("93.") || address.startsWith("2606:"));
      if (!literal)
        assert.ok(
          dialled.every((address) => publicOnes && resolved.includes(address)),
          dialled.join(" "),
        );
      if (!checked.ok || (!literal && !publicOnes)) assert.equal(answer.failure, "address_refused");
    }),
    { numRuns: 200 },
  );
});
