import assert from "node:assert/strict";
import { test } from "node:test";
import { describeCertificate } from "./certificate.ts";
import type { Presented } from "./certificate.ts";

const name = (CN: string, O = ""): NonNullable<Presented["subject"]> => ({ C: "", ST: "", L: "", O, OU: "", CN });
const until = "Feb  1 00:00:00 2020 GMT";

const rows: [string, Presented | null, string | null][] = [
  ["none", null, null],
  ["an empty one", {}, null],
  ["one with nothing but an end", { valid_to: "Feb" }, "It is for somebody without a name, issued by somebody without a name."],
  [
    "one without other names",
    { subject: name("a.example"), issuer: name("", "An Authority"), valid_to: until },
    "It is for a.example, issued by An Authority, valid until 2020-02-01T00:00:00.000Z.",
  ],
  [
    "one without a subject",
    { subjectaltname: "DNS:a.example, IP Address:192.0.2.1", issuer: name("CA"), valid_to: until },
    "It is for a.example, 192.0.2.1, issued by CA, valid until 2020-02-01T00:00:00.000Z.",
  ],
  [
    "one for many names",
    { subjectaltname: "DNS:a, DNS:b, DNS:c, DNS:d, DNS:e", issuer: name("CA"), valid_to: until },
    "It is for a, b, c and 2 more, issued by CA, valid until 2020-02-01T00:00:00.000Z.",
  ],
  [
    "one with names that are no text",
    { subject: name(`a\0\n\u{1b}[2J${"x".repeat(500)}`), issuer: name("\ud800"), valid_to: until },
    `It is for a[2J${"x".repeat(96)}, issued by \ufffd, valid until 2020-02-01T00:00:00.000Z.`,
  ],
];

for (const [what, certificate, sentence] of rows) {
  test(`${what} is described without harm`, () => assert.equal(describeCertificate(certificate), sentence));
}
