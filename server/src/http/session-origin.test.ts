import assert from "node:assert/strict";
import { test } from "node:test";
import { siteOf } from "./session-origin.ts";
import type { Site } from "./session-origin.ts";

const siteAt = (publicUrl: string, headers: Record<string, string>): Site => siteOf((name) => headers[name], publicUrl);

test("what the browser says of the site counts before anything else", () => {
  const at = (site: string): Site => siteAt("http://127.0.0.1:4100", { "sec-fetch-site": site, origin: "http://127.0.0.1:4100" });
  assert.equal(at("same-origin"), "own");
  for (const site of ["same-site", "cross-site", "none", ""]) assert.equal(at(site), "foreign", site);
});

test("without it the origin is the configured one or, on plain http, the name that was asked", () => {
  const host = "localhost:4100";
  assert.equal(siteAt("http://127.0.0.1:4100", { origin: "http://127.0.0.1:4100", host }), "own");
  assert.equal(siteAt("http://127.0.0.1:4100", { origin: "http://localhost:4100", host }), "own");
  for (const origin of ["http://localhost:4101", "https://localhost:4100", "http://evil.example", "null", ""])
    assert.equal(siteAt("http://127.0.0.1:4100", { origin, host }), "foreign", origin);
  const secure = { host: "hooks.example.com" };
  assert.equal(siteAt("https://hooks.example.com/base", { ...secure, origin: "https://hooks.example.com" }), "own");
  assert.equal(
    siteAt("https://hooks.example.com", { ...secure, origin: "http://hooks.example.com" }),
    "foreign",
    "not by a page without TLS",
  );
});

test("a program that says nothing is neither", () => {
  assert.equal(siteAt("http://127.0.0.1:4100", { host: "127.0.0.1:4100" }), "unknown");
});
