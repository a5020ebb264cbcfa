import assert from "node:assert/strict";
import test from "node:test";
import { hostOf, readHost } from "./brake-host.ts";

const cases: readonly [typed: string, host: string | null][] = [
  ["example.com", "example.com"],
  ["EXAMPLE.com:8443", "example.com"],
  ["example.com.", "example.com"],
  ["b\u00fccher.example", "xn--bcher-kva.example"],
  ["192.0.2.1", "192.0.2.1"],
  ["[2001:DB8::1]:8443", "2001:db8::1"],
  ["2001:db8:0::1", "2001:db8::1"],
  ["https://example.com", null],
  ["example.com/hook", null],
  ["someone@example.com", null],
  ["two words", null],
  ["", null],
  [".", null],
  [":443", null],
];

for (const [typed, host] of cases) test(`"${typed}" is ${host ?? "no host"}`, () => assert.equal(readHost(typed), host));

test("a URL's host is spelt as a brake's", () => {
  assert.equal(hostOf("https://Example.com.:8443/hook?a=1"), readHost("example.com"));
  assert.equal(hostOf("https://[2001:db8::1]/"), readHost("2001:db8::1"));
});
