import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { NotificationEntry, NotificationList } from "@bellhop/contract/notifications";
import { dayMs, daysMade, firstDayMs, id16, insertControl, publish, record, showNowMs, startShow } from "../../../test/show-fixture.ts";
import type { GivenStep, Shown } from "../../../test/show-fixture.ts";

/** What the tests expect of a notification, written down while it is made. */
type Expected = {
  id: string;
  workspace: number;
  app: number;
  subscription: number;
  topic: string;
  status: string;
  code: number | null;
  steps: readonly GivenStep[];
  objectId: string;
  madeAtMs: number;
};

let shown: Shown;
const expected: Expected[] = [];
const later = Date.UTC(2026, 2, 20);

const fail = (nextAtMs: number | null = later): GivenStep => ({ kind: "a", reason: "status", nextAtMs });
const ok: GivenStep = { kind: "a", reason: null };

const fates: readonly { status: string; code: number | null; steps: readonly GivenStep[] }[] = [
  { status: "delivered", code: 200, steps: [ok] },
  { status: "waiting", code: null, steps: [] },
  { status: "retrying", code: 503, steps: [fail()] },
  { status: "delivered", code: 200, steps: [fail(), fail(), ok] },
  { status: "failed", code: 503, steps: [fail(), fail(), fail(null), { kind: "e", reason: "attempts_exhausted" }] },
  { status: "failed", code: 503, steps: [fail(null), { kind: "e", reason: "gone" }] },
  { status: "delivered", code: 503, steps: [ok, { kind: "h", reason: "replay", nextAtMs: later }, fail(null)] },
  { status: "delivered", code: 200, steps: [ok, { kind: "h", reason: "replay", nextAtMs: later }] },
  {
    status: "delivered",
    code: 503,
    steps: [ok, { kind: "h", reason: "replay", nextAtMs: later }, fail(null), { kind: "h", reason: "replay", nextAtMs: later }, fail(null)],
  },
  {
    status: "waiting",
    code: 503,
    steps: [fail(null), { kind: "e", reason: "attempts_exhausted" }, { kind: "h", reason: "replay", nextAtMs: later }],
  },
  { status: "held", code: null, steps: [{ kind: "h", reason: "backlog", position: 1, queue: 0 }] },
  { status: "held", code: 503, steps: [fail(), { kind: "h", reason: "backlog", position: 2, queue: 0 }] },
  { status: "dropped", code: null, steps: [{ kind: "e", reason: "uninstalled" }] },
  { status: "canceled", code: 503, steps: [fail(), { kind: "e", reason: "canceled" }] },
];

/** App 1 has subscriptions 1, 2 and 3 (which never gets anything), app 2 has subscription 4. */
const recipients = [
  [{ subscription: 1, app: 1 }],
  [
    { subscription: 1, app: 1 },
    { subscription: 2, app: 1 },
    { subscription: 4, app: 2, topic: "ticket.made" },
  ],
  [{ subscription: 4, app: 2, topic: "ticket.made" }],
] as const;

before(async () => {
  shown = await startShow();
  await insertControl(
    shown,
    3,
    [
      { owner: 1, installedIn: [1, 2, 3] },
      { owner: 2, installedIn: [1, 2, 3] },
      { owner: 1, installedIn: [1] },
    ],
    [
      { app: 1, topics: ["ticket.created"] },
      { app: 1, topics: ["ticket.created"] },
      { app: 1, topics: [] },
      { app: 2, topics: ["ticket.created"] },
      { app: 3, topics: [] },
    ],
  );
  const events = 240;
  for (let n = 0; n < events; n++) {
    const madeAtMs = firstDayMs + Math.floor((n * daysMade * dayMs) / events);
    const objectId = `object ${n % 7}`;
    const workspace = 1 + (n % 3);
    const whom = recipients[(n % 5) % 3] as (typeof recipients)[number];
    const made = await publish(shown, madeAtMs, { workspace, objectId }, whom);
    for (const [index, id] of made.notifications.entries()) {
      const fate = fates[(n * 3 + index) % fates.length] as (typeof fates)[number];
      const to = whom[index] as { subscription: number; app: number; topic?: string };
      if (fate.steps.length > 0) await record(shown, id, to.subscription, madeAtMs, fate.steps);
      expected.push({
        id: `notif_${id}`,
        workspace,
        app: to.app,
        subscription: to.subscription,
        topic: to.topic ?? "ticket.created",
        ...fate,
        objectId,
        madeAtMs,
      });
    }
  }
  expected.sort((a, b) => (a.id < b.id ? 1 : -1));
});

after(() => shown?.close());

type Refused = { code: string; errors: { pointer: string; message: string }[] };

/** All pages of a question, one after the other. */
async function walk(query: Record<string, string>, workspace: number | null = null): Promise<NotificationEntry[]> {
  const all: NotificationEntry[] = [];
  let cursor: string | null = null;
  do {
    const parameters = new URLSearchParams(cursor === null ? query : { ...query, cursor });
    const { status, body } = await shown.get<NotificationList>(`/v1/notifications?${parameters.toString()}`, workspace);
    assert.equal(status, 200, JSON.stringify(body));
    all.push(...body.data);
    cursor = body.next_cursor;
  } while (cursor !== null);
  return all;
}

const since = firstDayMs + 1.3 * dayMs;
const until = firstDayMs + 2.6 * dayMs;

/** Each filter with what it asks of a notification. */
const filters: readonly (readonly [query: Record<string, string>, fits: (each: Expected) => boolean])[][] = [
  [
    [{}, () => true],
    [{ app: "ext:app-1" }, (each) => each.app === 1],
    [{ app: id16("app", 2) }, (each) => each.app === 2],
  ],
  [
    [{}, () => true],
    [{ subscription: id16("sub", 1) }, (each) => each.subscription === 1],
    [{ subscription: id16("sub", 3) }, () => false],
  ],
  [
    [{}, () => true],
    [{ workspace_id: "ext:customer-2" }, (each) => each.workspace === 2],
  ],
  [
    [{}, () => true],
    [{ topic: "ticket.m*" }, (each) => each.topic === "ticket.made"],
  ],
  [
    [{}, () => true],
    ...["waiting", "retrying", "delivered", "failed", "held", "dropped", "canceled"].map(
      (status) => [{ status }, (each: Expected) => each.status === status] as const,
    ),
  ],
  [
    [{}, () => true],
    [{ code: "5xx" }, (each) => each.code === 503],
    [{ code: "200" }, (each) => each.code === 200],
  ],
  [
    [{}, () => true],
    [{ reason: "backlog" }, (each) => each.status === "held"],
    [{ reason: "status" }, (each) => !["delivered", "waiting"].includes(each.status) && each.code === 503],
    [{ reason: "gone" }, (each) => each.steps.at(-1)?.reason === "gone"],
  ],
  [
    [{}, () => true],
    [{ object_id: "object 3" }, (each) => each.objectId === "object 3"],
  ],
  [
    [{}, () => true],
    [{ since: new Date(since).toISOString(), until: String(until / 1000) }, (each) => each.madeAtMs >= since && each.madeAtMs < until],
  ],
];

test("walking the pages of any question gives exactly what answers it, newest first, each once", async () => {
  let questions = filters[0]?.map((each) => each) ?? [];
  for (const filter of filters.slice(1)) {
    questions = questions.flatMap(([query, fits]) =>
      filter.map(([more, also]) => [{ ...query, ...more }, (each: Expected) => fits(each) && also(each)] as const),
    );
  }
  // 7 divides none of the filters' counts, so that each value meets each other one.
  for (const [query, fits] of questions.filter((_, index) => index % 7 === 0)) {
    const found = await walk({ ...query, limit: "100" });
    const wanted = expected.filter(fits);
    assert.deepEqual(
      found.map((each) => each.id),
      wanted.map((each) => each.id),
      JSON.stringify(query),
    );
    assert.deepEqual(
      found.map((each) => each.status),
      wanted.map((each) => each.status),
      JSON.stringify(query),
    );
    assert.deepEqual(
      found.map((each) => each.code),
      wanted.map((each) => each.code),
      JSON.stringify(query),
    );
  }
});

test("search words are the same question as the fields they stand for, with which they may be mixed", async () => {
  const words = `topic:ticket.* status:failed code:5xx workspace:w1 app:ext:app-1 after:${new Date(since).toISOString()} before:6h`;
  const fields = { topic: "ticket.*", status: "failed", code: "5xx", workspace_id: "w1", app: "ext:app-1" };
  const from = new Date(since).toISOString();
  const to = new Date(showNowMs - 6 * 3_600_000).toISOString();
  const found = await walk({ ...fields, since: from, until: to });
  assert.ok(found.length > 0);
  assert.deepEqual(await walk({ q: words }), found);
  assert.deepEqual(await walk({ q: words.replace("status:failed ", ""), status: "failed" }), found);
  assert.deepEqual(await walk({ q: 'object:"object 3"' }), await walk({ object_id: "object 3" }));
  const [one] = found as [NotificationEntry, ...NotificationEntry[]];
  assert.deepEqual(await walk({ q: `id:${one.id}` }), [one]);
  assert.deepEqual(await walk({ id: one.id, status: "delivered" }), []);
});

test("mistakes in search words are told each with its place", async () => {
  const { status, body } = await shown.get<Refused>("/v1/notifications?q=statsu:failed%20topic:a%20-code:500");
  assert.deepEqual([status, body.code, body.errors.map(({ pointer }) => pointer)], [400, "invalid_query", ["/q", "/q"]]);
  assert.match(body.errors[0]?.message ?? "", /^at 1 to 13: There is no search word statsu/);
  const twice = await shown.get<Refused>("/v1/notifications?q=status:failed&status=held");
  assert.deepEqual(
    [twice.body.code, twice.body.errors],
    ["invalid_query", [{ pointer: "/q", message: "says status, which the query has too; say it once" }]],
  );
});

test("small pages are the same list", async () => {
  for (const query of [
    {},
    { status: "failed", app: "ext:app-1" },
    { object_id: "object 1" },
    { topic: "ticket.created", workspace_id: "w1" },
  ]) {
    const large = await walk({ ...query, limit: "100" });
    const small = await walk({ ...query, limit: "3" });
    assert.deepEqual(small, large);
  }
});

test("an event with more notifications than a page holds is walked through to its end", async () => {
  const many = Array.from({ length: 330 }, (_, index) => (index === 0 ? { subscription: 4, app: 2 } : { subscription: 1, app: 1 }));
  const { notifications } = await publish(shown, firstDayMs + daysMade * dayMs - 5, { workspace: 3, objectId: "wide" }, many);
  const found = await walk({ object_id: "wide" });
  assert.deepEqual(
    found.map((each) => each.id),
    notifications.map((id) => `notif_${id}`).toReversed(),
  );
  const last = await walk({ object_id: "wide", app: "ext:app-2" });
  assert.deepEqual(
    last.map((each) => each.id),
    [`notif_${notifications[0]}`],
  );
});

test("a key that is bound to a workspace sees that workspace only", async () => {
  const found = await walk({ status: "failed" }, 2);
  assert.ok(found.length > 0);
  assert.ok(found.every((each) => each.workspace_id === "w2"));
  assert.equal((await shown.get("/v1/notifications?workspace_id=w1", 2)).body.code, "unknown_workspace");
  assert.equal((await walk({ workspace_id: "w2", status: "failed" }, 2)).length, found.length);
  const [theirs, nobodys] = [id16("sub", 5), id16("sub", 6)];
  const refused = await shown.get(`/v1/notifications?subscription=${theirs}`, 2);
  const unknown = await shown.get(`/v1/notifications?subscription=${nobodys}`, 2);
  assert.deepEqual([refused.status, refused.body.code, refused.body.detail], [404, "not_found", `There is no subscription ${theirs}.`]);
  assert.deepEqual([unknown.status, unknown.body.code, unknown.body.detail], [404, "not_found", `There is no subscription ${nobodys}.`]);
  assert.equal((await shown.get("/v1/notifications?app=ext:app-3", 2)).body.code, "unknown_app");
  assert.equal((await shown.get(`/v1/notifications?subscription=${theirs}`, 1)).status, 200);
});

test("an entry says when it was tried, when it is tried next, and why it is not delivered", async () => {
  const [retrying] = await walk({ status: "retrying", app: "ext:app-2" });
  assert.equal(retrying?.reason, "status");
  assert.equal(retrying?.attempts, 1);
  assert.equal(retrying?.latency_ms, 12.5);
  assert.equal(retrying?.next_attempt_at, new Date(later).toISOString());
  assert.equal(retrying?.last_attempt_at, retrying?.created_at);
  const [waiting] = (await walk({ status: "waiting" })).filter((each) => each.attempts > 0);
  assert.equal(waiting?.next_attempt_at, new Date(later).toISOString());
  assert.equal(waiting?.reason, null);
});

for (const [what, query, code] of [
  ["a cursor that is none", "cursor=abc", "invalid_cursor"],
  ["a time without a zone", "since=2026-03-02T10:00:00", "invalid_query"],
  ["a date without a time and a zone", "since=2026-03-02", "invalid_query"],
  ["a day that does not exist", "until=2026-02-30T00:00:00Z", "invalid_query"],
  ["a month that does not exist", "until=2026-13-01T00:00:00Z", "invalid_query"],
  ["an end before the beginning", "since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z", "invalid_query"],
  ["a status that does not exist", "status=sleeping", "invalid_query"],
  ["a code that is none", "code=9xx", "invalid_query"],
  ["a reason that does not exist", "reason=bad_mood", "invalid_query"],
  ["an id that is none", "id=notif_1", "invalid_query"],
  ["an unknown filter", "colour=red", "invalid_query"],
  ["a page of nothing", "limit=0", "invalid_query"],
  ["an app that does not exist", "app=ext:nobody", "unknown_app"],
  ["a workspace that does not exist", "workspace_id=nobody", "unknown_workspace"],
  ["a subscription that does not exist", "subscription=sub_nobody", "not_found"],
] as const) {
  test(`${what} is refused`, async () => assert.equal((await shown.get(`/v1/notifications?${query}`)).body.code, code));
}
