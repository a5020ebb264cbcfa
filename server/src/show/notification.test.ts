import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Attempt, EventView, Notification } from "@bellhop/contract/notifications";
import { attemptFailed, ended } from "@bellhop/contract/reasons";
import { prepare } from "../deliver/request.ts";
import type { Prepared } from "../deliver/request.ts";
import { clientSecretKey } from "../deliver/sign-secret.ts";
import { itemForVersion } from "../domain/older-item.ts";
import { notificationId } from "../domain/id.ts";
import { firstDayMs, id16, insertControl, publish, record, startShow, userAgent } from "../../../test/show-fixture.ts";
import type { Made, Shown } from "../../../test/show-fixture.ts";

const item = '{"type":"ticket","id":"7","big":1152921504606846977,"one":1.0,"text":"\\u00e9 \u{1f600}","nested":{"a":[1,2]}}';
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const createdAtMs = Date.UTC(2026, 1, 1, 10, 0, 7);
const sentAtMs = firstDayMs + 5_250;
const secret = clientSecretKey("s".repeat(43));

/** Its items had another shape in that version. */
const eventTopic = "contact.deleted";
const olderVersion = "2.3";

let shown: Shown;
let made: Made;
const sent: Prepared[] = [];

/** What deliver sends: the subscription was changed between the first and the second attempt. */
function send(id: string, number: number, atMs: number): Prepared {
  const urls = ["https://old.example/hook?a=1", "https://new.example/hook"];
  const target = {
    url: urls[number - 1] ?? "",
    userAgent,
    headers: number === 1 ? [] : ([["Authorization", "Bearer secret"]] as const),
    hubKey: secret,
    webhookKeys: [secret],
    asymmetricKey: null,
  };
  const facts = { id, workspaceId: "w1", item: shaped(), topic: "user.deleted", createdAt: createdAtMs / 1000, traceparent };
  const firstSentAt = Math.floor(sentAtMs / 1000);
  return prepare(facts, target, { number, firstSentAt, atSeconds: Math.floor(atMs / 1000), retryReason: number === 1 ? null : "status" });
}

function shaped(): string {
  const topic = shown.catalogue.topicNamed(eventTopic);
  assert.ok(topic);
  return itemForVersion(item, topic, olderVersion, shown.catalogue);
}

before(async () => {
  shown = await startShow();
  const on = shown.database.control;
  await insertControl(
    shown,
    2,
    [
      { owner: 1, installedIn: [1], permissions: ["read_tickets"] },
      { owner: 1, installedIn: [1] },
      { owner: 2, installedIn: [2], permissions: ["read_tickets"] },
    ],
    [
      { app: 1, topics: ["ticket.created"] },
      { app: 1, topics: ["ticket.closed"], topicsOff: ["ticket.closed"] },
    ],
  );
  const audits = [
    { revision: 1, url: "https://old.example/hook?a=1", header_names: [] },
    { revision: 2, url: "https://new.example/hook", header_names: ["Authorization"] },
  ];
  for (const view of audits) {
    await on.query("insert into audit (key, route, subject, after) values ('key_1', 'changeSubscription', $1, $2)", [
      id16("sub", 1),
      JSON.stringify(view),
    ]);
  }
  made = await publish(
    shown,
    firstDayMs + 5_000,
    {
      workspace: 1,
      topic: eventTopic,
      item,
      createdAtMs,
      traceparent,
      objectId: "7",
      orderingKey: "key",
      skipped: JSON.stringify({ stored: { missing_permission: [2] }, counted: { topic_off: 3 } }),
    },
    [
      { subscription: 1, app: 1, topic: "user.deleted", apiVersion: olderVersion },
      { subscription: 2, app: 1 },
    ],
  );
  const [id = ""] = made.notifications;
  sent.push(send(id, 1, sentAtMs), send(id, 2, sentAtMs + 1_000), send(id, 3, sentAtMs + 2_000));
  const facts = (index: number, revision: number) => ({
    revision,
    signatures: sent[index]?.signatures as Buffer,
    bodySha256: sent[index]?.bodySha256 as Buffer,
  });
  const answer = { answerHeaders: JSON.stringify([["content-type", "text/html"]]), answerBody: Buffer.from("<b>no\ufffd</b>") };
  await record(shown, id, 1, sentAtMs, [
    { kind: "a", reason: "status", nextAtMs: sentAtMs + 1_000, attempt: { ...facts(0, 1), ...answer, dnsUs: 1_500 } },
    { kind: "a", reason: "timeout", retryReason: "status", attempt: { ...facts(1, 2), status: null, detail: "No answer within 5 s." } },
    { kind: "e", reason: "attempts_exhausted" },
  ]);
});

after(() => shown?.close());

const firstId = (): string => `notif_${made.notifications[0]}`;

async function attempts(): Promise<Attempt[]> {
  const { status, body } = await shown.get<{ data: Attempt[] }>(`/v1/notifications/${firstId()}/attempts`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data;
}

test("each attempt's request is shown byte for byte as it was sent, with its URL of then and masked header values", async () => {
  const [first, second] = await attempts();
  assert.equal(first?.body_verified, true);
  assert.equal(second?.body_verified, true);
  assert.equal(first?.request?.body, sent[0]?.body.toString());
  assert.equal(second?.request?.body, sent[1]?.body.toString());
  assert.ok(first?.request?.body.includes("1152921504606846977"));
  assert.ok(first?.request?.body.includes('"type":"user"'), "the shape of the app's version");
  assert.equal(first?.request?.url, "https://old.example/hook?a=1");
  assert.equal(second?.request?.url, "https://new.example/hook");
  assert.deepEqual(first?.request?.headers.flat(), sent[0]?.headers);
  assert.deepEqual(
    second?.request?.headers.flat(),
    sent[1]?.headers.map((value) => (value === "Bearer secret" ? "********" : value)),
  );
});

test("an answer is shown as text, with the failure in one sentence and a fix", async () => {
  const [first, second] = await attempts();
  assert.deepEqual(first?.answer, { headers: [["content-type", "text/html"]], body: "<b>no\ufffd</b>", body_cut: false });
  assert.equal(first?.status, 503);
  assert.equal(first?.timings_ms.dns, 1.5);
  assert.equal(second?.status, null);
  assert.equal(second?.answer, null);
  assert.equal(second?.failure?.reason, "timeout");
  assert.equal(second?.failure?.detail, "No answer within 5 s.");
  assert.ok(second?.failure?.fix);
});

test("each failed attempt says what can be done about it, with its own path, size, time and target", async () => {
  const { notifications } = await publish(shown, firstDayMs + 30_000, { workspace: 1 }, [{ subscription: 1, app: 1 }]);
  const [id = ""] = notifications;
  const answerHeaders = JSON.stringify([["location", "/elsewhere"]]);
  await record(shown, id, 1, firstDayMs + 31_000, [
    { kind: "a", reason: "status", nextAtMs: firstDayMs, attempt: { status: 404 } },
    { kind: "a", reason: "status", nextAtMs: firstDayMs, attempt: { status: 413 } },
    { kind: "a", reason: "redirect_refused", nextAtMs: firstDayMs, attempt: { status: 301, answerHeaders } },
    { kind: "a", reason: "not_known_yet", nextAtMs: firstDayMs, attempt: { status: null } },
    { kind: "a", reason: "status", nextAtMs: firstDayMs + 90_000, attempt: { status: 500 } },
  ]);
  const cause = (await shown.get<Notification>(`/v1/notifications/notif_${id}`)).body.cause;
  const { data } = (await shown.get<{ data: Attempt[] }>(`/v1/notifications/notif_${id}/attempts`)).body;
  const advice = data.map((attempt) => attempt.advice);
  assert.equal(advice[0]?.sentence, "The endpoint answered 404 to POST /hook: nothing is served there.");
  const bytes = Buffer.byteLength(data[1]?.request?.body ?? "");
  assert.match(advice[1]?.sentence ?? "", new RegExp(`: the body was too large for it; ${bytes} bytes were sent`));
  assert.equal(advice[2]?.fix, "Enter https://old.example/elsewhere as the subscription's URL, if that is where notifications are taken.");
  assert.equal(advice[3]?.sentence, 'The reason is "not_known_yet".');
  assert.equal(advice[4]?.fix, `Look in the endpoint's own log at ${data[4]?.at} for what went wrong.`);
  assert.deepEqual(cause, advice[4]);
});

test("a success has no advice, and is the cause of what failed before it no longer", async () => {
  const { notifications } = await publish(shown, firstDayMs + 50_000, { workspace: 1 }, [{ subscription: 1, app: 1 }]);
  const [id = ""] = notifications;
  await record(shown, id, 1, firstDayMs + 51_000, [
    { kind: "a", reason: "status", nextAtMs: firstDayMs, attempt: { status: 404 } },
    { kind: "a", reason: null },
  ]);
  const { data } = (await shown.get<{ data: Attempt[] }>(`/v1/notifications/notif_${id}/attempts`)).body;
  assert.deepEqual([data[0]?.advice === null, data[1]?.advice], [false, null]);
  const { cause } = (await shown.get<Notification>(`/v1/notifications/notif_${id}`)).body;
  assert.deepEqual(cause, { sentence: "The endpoint took the notification.", fix: null });
});

test("a body that cannot be rebuilt as it was sent is not called verified", async () => {
  await shown.database.control.query("update log set body_sha256 = '\\x00' where notification = $1 and step = 1", [made.notifications[0]]);
  const [first, second] = await attempts();
  assert.equal(first?.body_verified, false);
  assert.equal(second?.body_verified, true);
});

test("one notification has its timeline from the publish to its end, the cause and a fix", async () => {
  const { body } = await shown.get<Notification>(`/v1/notifications/${firstId()}`);
  assert.equal(body.status, "failed");
  assert.equal(body.attempts, 2);
  assert.equal(body.object_id, "7");
  assert.equal(body.ordering_key, "key");
  assert.equal(body.event_created_at, createdAtMs / 1000);
  assert.equal(body.item_bytes, Buffer.byteLength(item));
  assert.deepEqual(
    body.timeline.map(({ kind, attempt, code, reason }) => [kind, attempt, code, reason]),
    [
      ["published", null, null, null],
      ["attempt", 1, 503, "status"],
      ["attempt", 2, null, "timeout"],
      ["ended", null, null, "attempts_exhausted"],
    ],
  );
  const late = "The last one: The endpoint did not answer in time. No answer within 5 s.";
  assert.equal(body.cause.sentence, `${ended.attempts_exhausted.sentence} ${late}`);
  assert.equal(body.cause.fix, attemptFailed.timeout.fix);
});

test("a notification that waits for its next attempt says when that is", async () => {
  const { notifications } = await publish(shown, firstDayMs + 9_000, { workspace: 1 }, [{ subscription: 1, app: 1 }]);
  const [id = ""] = notifications;
  const nextAtMs = firstDayMs + 60_000;
  await record(shown, id, 1, firstDayMs + 9_100, [{ kind: "a", reason: "connect", nextAtMs }]);
  const { body } = await shown.get<Notification>(`/v1/notifications/notif_${id}`);
  assert.equal(body.status, "retrying");
  const next = body.timeline.at(-1);
  assert.deepEqual([next?.kind, next?.at], ["next", new Date(nextAtMs).toISOString()]);
});

test("an event shows its item's own tokens, whom it notified, and whom not and why", async () => {
  const { body } = await shown.get<EventView>(`/v1/events/evt_${made.event}`);
  assert.equal(body.item_text, item);
  assert.equal(body.workspace_id, "w1");
  assert.equal(body.notifications_made, 2);
  assert.deepEqual(
    body.notifications.map(({ id, subscription, status }) => [id, subscription, status]),
    [
      [`notif_${made.notifications[0]}`, id16("sub", 1), "failed"],
      [`notif_${made.notifications[1]}`, id16("sub", 2), "waiting"],
    ],
  );
  assert.deepEqual(
    body.skipped.map(({ app, reason }) => [app, reason]),
    [[id16("app", 2), "missing_permission"]],
  );
  assert.deepEqual(body.skipped_counts, { topic_off: 3 });
});

test("what does not exist, is no longer kept, or belongs to another workspace is not found", async () => {
  const longAgo = "00000000-0001-7000-8000-000000000000";
  const paths = [
    `notifications/notif_${notificationId(made.event, 9)}`,
    `notifications/notif_${longAgo}`,
    `notifications/notif_${longAgo}/attempts`,
    "notifications/nonsense",
    `notifications/evt_${made.event}`,
    `events/evt_${longAgo}`,
    "events/evt_nonsense",
  ];
  for (const path of paths) assert.deepEqual([path, (await shown.get(`/v1/${path}`)).status], [path, 404]);
  for (const path of [`notifications/${firstId()}`, `notifications/${firstId()}/attempts`, `events/evt_${made.event}`]) {
    assert.deepEqual([path, (await shown.get(`/v1/${path}`, 2)).status], [path, 404]);
    assert.deepEqual([path, (await shown.get(`/v1/${path}`, 1)).status], [path, 200]);
  }
});
