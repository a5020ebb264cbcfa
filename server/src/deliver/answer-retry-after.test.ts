import assert from "node:assert/strict";
import { it } from "node:test";
import { parseRetryAfter } from "./answer-retry-after.ts";

const now = Date.UTC(2026, 0, 1);
const week = 604_800;

it("Retry-After is read as seconds or as a date, and anything else is ignored", () => {
  const cases: [string | null, number | null][] = [
    [null, null],
    ["", null],
    ["0", 0],
    [" 120 ", 120],
    ["120.5", 121],
    ["-1", null],
    ["1e300", null],
    ["inf", null],
    ["NaN", null],
    ["9".repeat(400), week],
    ["120, 60", null],
    ["١٢٠", null],
    ["soon", null],
    ["Wed, 21 Oct 2015 07:28:00 GMT", 0],
    ["Thu, 01 Jan 2026 00:01:30 GMT", 90],
    ["Thursday, 01-Jan-26 00:01:30 GMT", 90],
    ["Fri, 31 Dec 9999 23:59:59 GMT", week],
    ["Fri, 99 Dec 2026 23:59:59 GMT", null],
    ["Tue, 30 Feb 2027 00:00:00 GMT", null],
    ["2026-01-01T00:01:30Z", null],
  ];
  for (const [raw, seconds] of cases) assert.equal(parseRetryAfter(raw, now), seconds, String(raw).slice(0, 40));
});
