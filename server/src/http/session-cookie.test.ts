import assert from "node:assert/strict";
import { test } from "node:test";
import { sessionCookie } from "./session-cookie.ts";

test("the port is part of the name on plain http, where ports share their cookies", () => {
  assert.equal(sessionCookie("http://127.0.0.1:4100").name, "bellhop-4100");
  assert.equal(sessionCookie("http://hooks.internal").name, "bellhop-80");
  assert.equal(sessionCookie("https://hooks.example.com").name, "__Host-bellhop");
});

test("the token is found among others' cookies, and nothing else is taken for it", () => {
  const { read } = sessionCookie("http://127.0.0.1:4100");
  assert.equal(read("a=1; bellhop-4100=token; b=2"), "token");
  assert.equal(read("bellhop-4100=token"), "token");
  for (const header of [
    undefined,
    "",
    "bellhop-4101=token",
    "xbellhop-4100=token",
    "bellhop-4100=",
    "bellhop-4100",
    "a=bellhop-4100=token",
  ])
    assert.equal(read(header), null, String(header));
});
