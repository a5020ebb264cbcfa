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
