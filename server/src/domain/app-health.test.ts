import assert from "node:assert/strict";
import { test } from "node:test";
import { healthUnreadable } from "@bellhop/contract/health";
import { healthOfAnswer } from "./app-health.ts";
import type { AppHealth, HealthAnswer } from "./app-health.ts";

const nothing = { message: null, cta_type: null, cta_label: null, cta_url: null, unreadable: null };
const bad = { state: "UNHEALTHY", message: "Sign in again" };
const link = { cta_type: "URL_CTA", cta_label: "Sign in", cta_url: "https://app.test/in" };

const said = (body: unknown, status = 200): HealthAnswer => ({
  status,
  failure: null,
  detail: null,
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
  bodyTruncated: false,
});

const readable: Record<string, readonly [HealthAnswer, Partial<AppHealth>]> = {
  "it is well": [said({ state: "OK" }), { state: "OK" }],
  "it cannot tell": [said({ state: "UNKNOWN" }), { state: "UNKNOWN" }],
  "any 2xx will do": [said({ state: "OK" }, 202), { state: "OK" }],
  "it is unwell": [said(bad), bad as Partial<AppHealth>],
  "with a link": [said({ ...bad, ...link }), { ...bad, ...link } as Partial<AppHealth>],
  "to be installed again": [said({ ...bad, cta_type: "REINSTALL_CTA" }), { ...bad, cta_type: "REINSTALL_CTA" } as Partial<AppHealth>],
  "well, with a message": [said({ state: "OK", message: "Busy" }), { state: "OK", message: "Busy" }],
  "null is left out": [said({ state: "OK", message: null, cta_type: null, cta_label: null, cta_url: null }), { state: "OK" }],
  "what nobody asked for is not looked at": [said({ state: "OK", version: 7, deep: [{}] }), { state: "OK" }],
  "the longest message": [said({ ...bad, message: "🙂".repeat(2_084) }), { state: "UNHEALTHY", message: "🙂".repeat(2_084) }],
  "the longest URL": [
    said({ ...bad, ...link, cta_url: "https://a.test/".padEnd(2_084, "x") }),
    { ...bad, ...link, cta_url: "https://a.test/".padEnd(2_084, "x") } as Partial<AppHealth>,
  ],
};

for (const [name, [answer, expected]] of Object.entries(readable)) {
  test(`a readable answer: ${name}`, () => assert.deepEqual(healthOfAnswer(answer), { ...nothing, ...expected }));
}

const failed = { status: null, failure: "timeout", detail: "No answer within 15 s.", body: Buffer.alloc(0), bodyTruncated: false };

const unreadable: Record<string, readonly [HealthAnswer, (typeof healthUnreadable)[number], RegExp]> = {
  "no answer": [failed, "no_answer", /^timeout: No answer within 15 s\.$/],
  "an error that says it is well": [{ ...said({ state: "OK" }, 503), failure: "status" }, "status", /503/],
  "a redirect": [{ ...said("", 302), failure: "redirect_refused" }, "status", /302/],
  "a body that is too long": [{ ...said({ state: "OK" }), bodyTruncated: true }, "cut", /./],
  "no body": [said("", 204), "not_json", /./],
  text: [said("OK"), "not_json", /./],
  "a JSON string": [said('"OK"'), "not_json", /./],
  "a list": [said([{ state: "OK" }]), "not_json", /./],
  null: [said("null"), "not_json", /./],
  "not UTF-8": [{ ...said(""), body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) }, "not_json", /./],
  "no state": [said({}), "mistakes", /^\/state /],
  "a state that there is not": [said({ state: "ok" }), "mistakes", /^\/state /],
  "unwell without a message": [said({ state: "UNHEALTHY" }), "mistakes", /^\/message is needed with UNHEALTHY\.$/],
  "unwell with an empty message": [said({ ...bad, message: " " }), "mistakes", /^\/message is needed/],
  "a message that is too long": [said({ ...bad, message: "x".repeat(2_085) }), "mistakes", /^\/message .*2084/],
  "a message that is no text": [said({ ...bad, message: 7 }), "mistakes", /^\/message must be text\.$/],
  "a message that cannot be stored": [said({ ...bad, message: "a\0b" }), "mistakes", /^\/message /],
  "half of a character": [said('{"state":"UNHEALTHY","message":"\\ud83d"}'), "mistakes", /^\/message /],
  "a button that there is not": [said({ ...bad, cta_type: "CALL_CTA" }), "mistakes", /^\/cta_type /],
  "a link without a label": [said({ ...bad, ...link, cta_label: null }), "mistakes", /^\/cta_label is needed with URL_CTA\.$/],
  "a link to nowhere": [said({ ...bad, ...link, cta_url: undefined }), "mistakes", /^\/cta_url is needed with URL_CTA\.$/],
  "a label that is too long": [said({ ...bad, ...link, cta_label: "x".repeat(101) }), "mistakes", /^\/cta_label /],
  "a URL that is too long": [said({ ...bad, ...link, cta_url: "https://a.test/".padEnd(2_085, "x") }), "mistakes", /^\/cta_url /],
  "a URL that is none": [said({ ...bad, ...link, cta_url: "sign in" }), "mistakes", /^\/cta_url /],
  "a URL that is a script": [said({ ...bad, ...link, cta_url: "javascript:alert(1)" }), "mistakes", /^\/cta_url /],
  "several mistakes": [said({ ...link, state: "BAD", cta_url: "x" }), "mistakes", /^\/state .* \/cta_url /],
};

for (const [name, [answer, reason, detail]] of Object.entries(unreadable)) {
  test(`unknown, because it could not be read: ${name}`, () => {
    const { unreadable: why, ...rest } = healthOfAnswer(answer);
    assert.deepEqual({ ...rest, unreadable: null }, { ...nothing, state: "UNKNOWN" });
    assert.equal(why?.reason, reason);
    assert.match(why.detail, detail);
  });
}

test("each reason for which an answer cannot be read has its case", () => {
  assert.deepEqual(new Set(Object.values(unreadable).map(([, reason]) => reason)), new Set(healthUnreadable));
});
