import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseSecrets, whsecOf } from "./secret-choice.ts";

const now = 1_000_000;
const cases = [
  ["the only secret signs everything", [{ number: 1, endsAtMs: null }], { hub: 1, valid: [1] }],
  [
    "while a rotation overlaps both are valid and the old one signs X-Hub-Signature",
    [
      { number: 1, endsAtMs: now + 1 },
      { number: 2, endsAtMs: null },
    ],
    { hub: 1, valid: [2, 1] },
  ],
  [
    "at the very end of the overlap the old one is out",
    [
      { number: 1, endsAtMs: now },
      { number: 2, endsAtMs: null },
    ],
    { hub: 2, valid: [2] },
  ],
  [
    "versions that ended long ago do not count, in whatever order they come",
    [
      { number: 12, endsAtMs: null },
      { number: 3, endsAtMs: 5 },
      { number: 9, endsAtMs: now + 60_000 },
    ],
    { hub: 9, valid: [12, 9] },
  ],
] as const;

for (const [story, versions, expected] of cases) {
  test(story, () => assert.deepEqual(chooseSecrets(versions, now), expected));
}

test("an app without a valid secret is a bug", () => {
  assert.throws(() => chooseSecrets([{ number: 1, endsAtMs: 1 }], now), /always has a secret/);
});

test("the whsec form has the UTF-8 bytes of the client secret", () => {
  assert.equal(whsecOf("abc"), "whsec_YWJj");
});
