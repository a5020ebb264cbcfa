import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptFailed } from "@bellhop/contract/reasons";
import { advise } from "./advice.ts";
import type { AttemptFacts } from "./advice.ts";
import { connectDetails, dnsDetails, fixOfDetail, timeoutDetail, timeoutDetails, tlsDetails } from "./advice-details.ts";

const times = { dns: 1, connect: 2, tls: 3, total: 40 };
const facts: AttemptFacts = {
  failure: "status",
  status: null,
  detail: null,
  at: "2026-03-02T10:00:05.250Z",
  url: "https://example.com/hooks?token=1",
  bodyBytes: 12_345,
  location: null,
  times,
};

type Row = [name: string, changes: Partial<AttemptFacts>, sentence: RegExp, fix: RegExp];

const expired = `${tlsDetails.expired.sentence} It is for example.com, issued by an authority, valid until 2026-03-01T00:00:00.000Z.`;

const rows: Row[] = [
  [
    "401",
    { status: 401 },
    /answered 401 to POST \/hooks\.$/,
    /raw bytes of the body, before any JSON parsing, .*client_secret.*no login and no proxy/,
  ],
  ["403", { status: 403 }, /answered 403 to POST \/hooks\.$/, /raw bytes/],
  ["404", { status: 404 }, /answered 404 to POST \/hooks/, /Serve that path, or enter/],
  ["405", { status: 405 }, /answered 405 to POST \/hooks.*does not take POST/, /take POST/],
  ["408", { status: 408 }, /408/, /Answer first/],
  ["413", { status: 413 }, /12,345 bytes were sent/, /Raise the limit/],
  ["413, when the size cannot be known", { status: 413, bodyBytes: null }, /too large for it\.$/, /Raise the limit/],
  ["415", { status: 415 }, /does not take JSON/, /application\/json/],
  ["422", { status: 422 }, /refused POST \/hooks with 422/, /answer's body/],
  ["500", { status: 500 }, /failed at POST \/hooks with 500/, /log at 2026-03-02T10:00:05\.250Z/],
  ["502", { status: 502 }, /A proxy in front/, /behind the proxy.*2026-03-02T10:00:05\.250Z/],
  ["a status that there is not", { status: 799 }, /799, which no HTTP status means/, /2xx/],
  ["a URL that is no longer known", { status: 404, url: null }, /answered 404 to POST: nothing/, /Serve that path/],
  [
    "a redirect",
    { failure: "redirect_refused", status: 301, location: "https://www.example.com/hooks" },
    /answered 301 and pointed to https:\/\/www\.example\.com\/hooks; redirects are never followed/,
    /Enter https:\/\/www\.example\.com\/hooks as/,
  ],
  [
    "a relative redirect",
    { failure: "redirect_refused", status: 308, location: "/hooks/" },
    /pointed to \/hooks\/;/,
    /Enter https:\/\/example\.com\/hooks\/ as/,
  ],
  ["a redirect to nowhere", { failure: "redirect_refused", status: 304 }, /does not say where to/, /final URL/],
  [
    "a redirect to what is no URL",
    { failure: "redirect_refused", status: 302, location: "http://[" },
    /pointed to http:\/\/\[;/,
    /Enter http:\/\/\[ as/,
  ],
  [
    "a redirect to somewhere long",
    { failure: "redirect_refused", status: 302, location: `https://example.com/${"x".repeat(400)}` },
    /pointed to https:\/\/example\.com\/x+…;/,
    /Enter the URL that the answer's Location header names/,
  ],
  ["429", { failure: "throttled", status: 429 }, /429 Too Many Requests/, /max_in_flight/],
  ["410", { failure: "gone", status: 410 }, /410 Gone/, /set the subscription live/],
  [
    "no answer in time",
    { failure: "timeout", detail: timeoutDetail("first_byte", 15_000) },
    /did not answer in time\. The request was sent, but no complete answer came within 15 s\.$/,
    /^Answer first and do the work afterwards/,
  ],
  [
    "no answer in time, because resolving the name took most of it",
    { failure: "timeout", detail: timeoutDetail("first_byte", 5_000), times: { ...times, dns: 4_800.4, total: 5_001 } },
    /Most of the time, 4800 ms, went into resolving the host name\.$/,
    /^Answer first/,
  ],
  ["a host that is silent", { failure: "timeout", detail: timeoutDetail("connect", 5_000) }, /react .* within 5 s\./, /firewall/],
  ["a handshake that does not end", { failure: "timeout", detail: timeoutDetail("tls", 5_000) }, /handshake .* within 5 s\./, /speaks TLS/],
  ["silent name servers", { failure: "timeout", detail: timeoutDetail("dns", 5_000) }, /name servers .* within 5 s\./, /name servers/],
  ["busy connections", { failure: "timeout", detail: timeoutDetail("busy", 1_500) }, /became free .* within 1\.5 s\./, /max_in_flight/],
  ["an expired certificate", { failure: "tls", detail: expired }, /expired\. It is for .* until 2026-03-01/, /^Renew the certificate/],
  ["TLS without more being known", { failure: "tls" }, /^The TLS handshake with the endpoint failed\.$/, /whole chain/],
  ["a name that does not exist", { failure: "dns", detail: dnsDetails.not_found.sentence }, /does not exist/, /DNS records/],
  ["a closed port", { failure: "connect", detail: connectDetails.refused.sentence }, /nothing listens/, /Start the endpoint/],
  ["a detail that is no longer written", { failure: "connect", detail: "It hummed." }, /It hummed\.$/, /firewall/],
];

for (const [name, changes, sentence, fix] of rows) {
  test(`${name}: says what happened and what to do`, () => {
    const advice = advise({ ...facts, ...changes });
    assert.match(advice.sentence, sentence);
    assert.match(advice.fix, fix);
  });
}

test("every reason has its sentence and fix, even without any fact", () => {
  const none = { status: null, detail: null, url: null, bodyBytes: null, location: null };
  for (const failure of Object.keys(attemptFailed) as (keyof typeof attemptFailed)[]) {
    const nothing = { ...facts, ...none, failure, times: { dns: null, connect: null, tls: null, total: null } };
    assert.deepEqual(advise(nothing), attemptFailed[failure]);
  }
});

test("every detail that is written is found again by its beginning, with its own fix", () => {
  const lists = { dns: dnsDetails, connect: connectDetails, tls: tlsDetails, timeout: timeoutDetails } as const;
  for (const [failure, list] of Object.entries(lists)) {
    for (const { sentence, fix } of Object.values(list))
      assert.equal(fixOfDetail(failure as keyof typeof lists, `${sentence} And more.`), fix, sentence);
  }
});
