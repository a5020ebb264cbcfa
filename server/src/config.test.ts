import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";

const mistakesOf = (environment: Record<string, string>): string[] => {
  const read = readConfig(environment, "/");
  return read.ok ? [] : read.mistakes;
};

for (const [name, value] of [
  ["BELLHOP_USER_AGENT", "Bell\r\nHost: other"],
  ["BELLHOP_USER_AGENT", "Bell\0hop"],
  ["BELLHOP_USER_AGENT", "Bellhop 🛎"],
  ["BELLHOP_USER_AGENT", "x".repeat(201)],
  ["PUBLIC_URL", "https://bellhöp.example.com/"],
  ["BELLHOP_ALLOW_HOSTS", "fine.internal, https://not.internal"],
  ["BELLHOP_ALLOW_HOSTS", "10.0.0.1"],
  ["BELLHOP_ALLOW_HOSTS", "a..b"],
  ["BELLHOP_REGIONS", "us"],
  ["BELLHOP_REGIONS", "[]"],
  ["BELLHOP_REGIONS", "{}"],
  ["BELLHOP_REGIONS", '{"US": {}}'],
  ["BELLHOP_REGIONS", '{"us": null}'],
  ["BELLHOP_REGIONS", '{"us": {"egress": ["203.0.113.7"]}}'],
  ["BELLHOP_REGIONS", '{"us": {"events_per_minute": -1}}'],
  ["BELLHOP_REGIONS", '{"us": {"events_per_minute": 1.5}}'],
  ["BELLHOP_REGIONS", '{"us": {"events_per_minute": "150000"}}'],
  ["BELLHOP_REGIONS", '{"us": {"events_per_minute": null}}'],
  ["BELLHOP_REGIONS", '{"us": {"event_per_minute": 5}}'],
] as const) {
  test(`${name} is refused by name: ${JSON.stringify(value).slice(0, 40)}`, () => {
    const mistakes = mistakesOf({ [name]: value });
    assert.deepEqual(
      mistakes.map((mistake) => mistake.startsWith(name)),
      [true],
      mistakes.join(" "),
    );
  });
}

test("what a header and a resolver can take is accepted", () => {
  const environment = { BELLHOP_USER_AGENT: "Café/1.0 (+https://example.com)", BELLHOP_ALLOW_HOSTS: "receiver, db.internal., my_host.lan" };
  assert.deepEqual(mistakesOf(environment), []);
});

const regionsOf = (regions: string): unknown[] => {
  const read = readConfig({ BELLHOP_REGIONS: regions }, "/");
  return read.ok ? [...read.config.regions] : read.mistakes;
};

test("a region has its own quota, or the default of its name", () => {
  const egress = ["203.0.113.7/32"];
  assert.deepEqual(regionsOf(""), [
    ["us", { egress: [], eventsPerMinute: 150_000 }],
    ["eu", { egress: [], eventsPerMinute: 20_000 }],
    ["au", { egress: [], eventsPerMinute: 20_000 }],
  ]);
  assert.deepEqual(regionsOf(JSON.stringify({ us: { egress }, moon: {}, eu: { events_per_minute: 0 } })), [
    ["us", { egress, eventsPerMinute: 150_000 }],
    ["moon", { egress: [], eventsPerMinute: 20_000 }],
    ["eu", { egress: [], eventsPerMinute: 0 }],
  ]);
});

test("every mistake in the regions is told, with the region's name", () => {
  const [told, ...more] = mistakesOf({ BELLHOP_REGIONS: '{"us": {"egress": "all", "events_per_minute": "many"}, "eu": {"ingress": []}}' });
  assert.match(told ?? "", /"us" with an egress .*"us" with events_per_minute .*"eu" with the unknown field "ingress"/);
  assert.deepEqual(more, []);
});
