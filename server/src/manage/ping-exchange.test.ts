import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptFailed } from "@bellhop/contract/reasons";
import { connectDetails } from "../domain/advice-details.ts";
import { exchangeView } from "./ping-exchange.ts";
import type { Outcome } from "./ping-delivery.ts";

const url = "https://example.com/hooks?token=1";
const request = { method: "POST", url, headers: ["X-Own", "secret", "webhook-id", "ping_1"], body: Buffer.from("{}") } as const;

const outcome: Outcome = {
  status: 200,
  failure: null,
  detail: null,
  headers: [],
  body: Buffer.alloc(0),
  bodyTruncated: false,
  startedAtMs: Date.UTC(2026, 2, 2),
  dnsUs: null,
  connectUs: null,
  tlsUs: null,
  firstByteUs: 1_500,
  totalUs: 2_000,
};

test("an exchange that failed says with the reason what is known of it, and what to do", () => {
  const { failure } = exchangeView(request, { ...outcome, status: 401, failure: "status" }, ["X-Own"]);
  assert.equal(failure?.sentence, attemptFailed.status.sentence);
  assert.equal(failure?.detail, "The endpoint did not accept who sent the request: it answered 401 to POST /hooks.");
  assert.match(failure?.fix ?? "", /raw bytes/);
});

test("a detail of the connection stays, with its own fix", () => {
  const { sentence: detail, fix } = connectDetails.refused;
  const { failure } = exchangeView(request, { ...outcome, status: null, failure: "connect", detail }, []);
  assert.deepEqual(failure, { reason: "connect", sentence: attemptFailed.connect.sentence, fix, detail });
});

test("a redirect names the URL to enter", () => {
  const redirected = { ...outcome, status: 308, failure: "redirect_refused", headers: [["location", "/hooks/"]] } as const;
  const { failure } = exchangeView(request, redirected, []);
  assert.match(failure?.fix ?? "", /Enter https:\/\/example\.com\/hooks\/ as/);
});

test("a success has no failure; the subscription's own headers are masked", () => {
  const view = exchangeView(request, outcome, ["X-Own"]);
  assert.equal(view.failure, null);
  assert.deepEqual(view.request.headers, [
    ["X-Own", "********"],
    ["webhook-id", "ping_1"],
  ]);
  assert.deepEqual([view.timings_ms.first_byte, view.timings_ms.total], [1.5, 2]);
});
