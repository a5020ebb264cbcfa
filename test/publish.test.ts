// Publishing through the door: what is accepted is on disk and delivered token by token, what is wrong is refused with a code
// and a pointer and leaves nothing behind.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";

const topic = "ticket.created";
const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const event = (item: string, more = ""): string => `{"workspace_id":"w1","topic":"${topic}","item":${item}${more}}`;

type Refusal = {
  what: string;
  body: string | Uint8Array;
  status: number;
  code: string;
  pointer?: string;
  headers?: Record<string, string>;
};

const refusals: Refusal[] = [
  {
    what: "an unknown topic, with the nearest ones named",
    body: '{"workspace_id":"w1","topic":"ticket.craeted","item":{}}',
    status: 422,
    code: "unknown_topic",
    pointer: "/topic",
  },
  {
    what: "a name like a topic that Bellhop itself sends, which is not named as the nearest",
    body: '{"workspace_id":"w1","topic":"a","item":{}}',
    status: 422,
    code: "unknown_topic",
    pointer: "/topic",
  },
  {
    what: "a former topic name, with the newest one named",
    body: '{"workspace_id":"w1","topic":"user.deleted","item":{}}',
    status: 422,
    code: "unknown_topic",
    pointer: "/topic",
  },
  {
    what: "a topic that Bellhop itself sends",
    body: '{"workspace_id":"w1","topic":"ping","item":{}}',
    status: 422,
    code: "unknown_topic",
    pointer: "/topic",
  },
  {
    what: "an unknown workspace",
    body: `{"workspace_id":"nowhere","topic":"${topic}","item":{}}`,
    status: 404,
    code: "unknown_workspace",
    pointer: "/workspace_id",
  },
  { what: "an item that is an array", body: event("[]"), status: 422, code: "invalid_request", pointer: "/item" },
  { what: "an item that is a string", body: event('"x"'), status: 422, code: "invalid_request", pointer: "/item" },
  { what: "no item", body: `{"workspace_id":"w1","topic":"${topic}"}`, status: 422, code: "invalid_request" },
  {
    what: "a number in place of a topic, never coerced",
    body: '{"workspace_id":"w1","topic":5,"item":{}}',
    status: 422,
    code: "invalid_request",
    pointer: "/topic",
  },
  {
    what: "a text in place of a time, never coerced",
    body: event("{}", ',"created_at":"5"'),
    status: 422,
    code: "invalid_request",
    pointer: "/created_at",
  },
  {
    what: "a time that is not whole",
    body: event("{}", ',"created_at":1.5'),
    status: 422,
    code: "invalid_request",
    pointer: "/created_at",
  },
  { what: "an unknown field", body: event("{}", ',"itme":1'), status: 422, code: "invalid_request", pointer: "/itme" },
  { what: "__proto__ as a field", body: event("{}", ',"__proto__":{}'), status: 422, code: "invalid_request" },
  {
    what: "a traceparent that is none",
    body: event("{}", ',"traceparent":"x"'),
    status: 422,
    code: "invalid_request",
    pointer: "/traceparent",
  },
  ...[
    "ff-1234567890abcdef1234567890abcdef-1234567890abcdef-01",
    `00-${"0".repeat(32)}-1234567890abcdef-01`,
    `00-${"a".repeat(32)}-${"0".repeat(16)}-01`,
  ].map((traceparent) => ({
    what: `the traceparent ${traceparent}, which W3C rules out`,
    body: event("{}", `,"traceparent":"${traceparent}"`),
    status: 422,
    code: "invalid_request",
    pointer: "/traceparent",
  })),
  { what: "an item that is too large", body: event(`{"a":"${"x".repeat(256 * 1024)}"}`), status: 413, code: "payload_too_large" },
  { what: "an item that is too deep", body: event(`{"a":${deep(64)}}`), status: 400, code: "invalid_json" },
  { what: "a duplicate key in the item", body: event('{"a":1,"a":2}'), status: 400, code: "invalid_json", pointer: "/item/a" },
  {
    what: "a duplicate key spelled differently",
    body: event(String.raw`{"a":1,"\u0061":2}`),
    status: 400,
    code: "invalid_json",
    pointer: "/item/a",
  },
  { what: "NUL", body: event(String.raw`{"a":"\u0000"}`), status: 400, code: "invalid_json", pointer: "/item/a" },
  { what: "a lone surrogate", body: event(String.raw`{"a":"\ud800"}`), status: 400, code: "invalid_json", pointer: "/item/a" },
  { what: "NUL in the idempotency key", body: event("{}", String.raw`,"idempotency_key":"\u0000"`), status: 400, code: "invalid_json" },
  {
    what: "bytes that are not UTF-8",
    body: Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff), Buffer.from('"}')]),
    status: 400,
    code: "invalid_json",
  },
  { what: "no JSON at all", body: "{", status: 400, code: "invalid_json" },
  { what: "nothing at all", body: "", status: 400, code: "invalid_json" },
  {
    what: "another content type",
    body: event("{}"),
    status: 415,
    code: "unsupported_media_type",
    headers: { "content-type": "text/plain" },
  },
  {
    what: "two keys that differ",
    body: event("{}", ',"idempotency_key":"a"'),
    status: 422,
    code: "invalid_request",
    pointer: "/idempotency_key",
    headers: { "idempotency-key": "b" },
  },
  ...["", "k".repeat(256)].map((key) => ({
    what: `a header Idempotency-Key of ${key.length} characters`,
    body: event("{}"),
    status: 422,
    code: "invalid_request",
    pointer: "/idempotency_key",
    headers: { "idempotency-key": key },
  })),
  { what: "no key to the API", body: event("{}"), status: 401, code: "unauthorized", headers: { authorization: "" } },
  { what: "an unknown key to the API", body: event("{}"), status: 401, code: "unauthorized", headers: { authorization: "Bearer nobody" } },
];

type Problem = { code: string; errors?: { pointer: string; message: string }[]; request_id: string; detail?: string };

async function storedEvents(program: TestProgram): Promise<number> {
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ count: string }>("select count(*) as count from event");
  await client.end();
  return Number(rows[0]?.count);
}

test("what is wrong is refused with a code and a pointer, and nothing is stored", async (t) => {
  const program = await startTestProgram(t);
  await program.makeInstalled({ topics: [topic] });
  for (const { what, body, status, code, pointer, headers = {} } of refusals) {
    await t.test(what, async () => {
      const answer = await program.call<Problem>("POST", "/v1/events", body, headers);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
      assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
      assert.doesNotMatch(answer.text, /nearest are[^;]*\bping\b/);
      if (pointer !== undefined)
        assert.ok(
          answer.body.errors?.some((error) => error.pointer === pointer),
          answer.text,
        );
      assert.match(answer.body.request_id, /^req_/);
    });
  }
  assert.equal(await storedEvents(program), 0);
});

test("routes and methods that do not exist are told apart", async (t) => {
  const program = await startTestProgram(t);
  assert.deepEqual([(await program.call<Problem>("GET", "/v1/nothing")).body.code], ["not_found"]);
  const wrong = await program.call<Problem>("GET", "/v1/events");
  assert.deepEqual([wrong.status, wrong.body.code, wrong.headers.get("allow")], [405, "method_not_allowed", "POST"]);
  const huge = await program.call<Problem>("POST", "/v1/events/batch", "x".repeat(8 * 1024 * 1024 + 1));
  assert.deepEqual([huge.status, huge.body.code], [413, "payload_too_large"]);
});

const tokens =
  '{"type":"ticket","id":1152921504606846977,"big":1e400,"one":1.0,"escaped":"\\u00e9\\/\\n","emoji":"🎟","nested":{"z":[1,2.50,-0]},"a":null}';
const spaced = tokens.replaceAll('":', '" : ').replaceAll(",", " ,\t");

for (const [how, type, write] of [
  ["a single body", "application/json", (item: string) => event(item)],
  ["an array", "application/json", (item: string) => `[ ${event(item)} ]`],
  ["NDJSON", "application/x-ndjson", (item: string) => `${event(item)}\r\n`],
  ["NDJSON in capitals", "Application/X-NDJSON; charset=UTF-8", (item: string) => `${event(item)}\r\n`],
] as const) {
  test(`the item's tokens pass through in order and spelling from ${how}`, async (t) => {
    const program = await startTestProgram(t);
    const { inbox } = await program.makeInstalled({ topics: [topic] });
    const path = how === "a single body" ? "/v1/events" : "/v1/events/batch";
    const item = how.startsWith("NDJSON") ? tokens : spaced;
    await program.must("POST", path, write(item), { "content-type": type });
    const { body, hub, standard } = await inbox.waitFor(() => true);
    assert.ok(body.includes(`"item":${tokens}},"links":{}`), body);
    assert.deepEqual([hub, standard], ["right", "right"]);
  });
}

test("a bad line of a batch fails alone; a batch of bad lines is refused", async (t) => {
  const program = await startTestProgram(t);
  const { inbox } = await program.makeInstalled({ topics: [topic] });
  const lines = [event('{"id":"1"}'), "{nonsense", event("[]"), event('{"id":"4"}')].join("\n");
  const mixed = await program.call<{ accepted: number; refused: number; results: { line: number; id?: string; code?: string }[] }>(
    "POST",
    "/v1/events/batch",
    lines,
    { "content-type": "application/x-ndjson" },
  );
  assert.deepEqual([mixed.status, mixed.body.accepted, mixed.body.refused], [202, 2, 2]);
  assert.deepEqual(
    mixed.body.results.map(({ code }) => code ?? "accepted"),
    ["accepted", "invalid_json", "invalid_request", "accepted"],
  );
  await inbox.waitFor((_, all) => all.length === 2);
  for (const holed of [`[${event("{}")},]`, `[,${event("{}")}]`, `[${event("{}")}, ,${event("{}")}]`]) {
    const refused = await program.call<Problem>("POST", "/v1/events/batch", holed);
    assert.deepEqual([refused.status, refused.body.code], [400, "invalid_json"]);
  }
  assert.equal(await storedEvents(program), 2);
  const bad = await program.call<{ refused: number }>("POST", "/v1/events/batch", "[{}]");
  assert.deepEqual([bad.status, bad.body.refused], [422, 1]);
  const many = await program.call<Problem>("POST", "/v1/events/batch", `[${Array.from({ length: 1_001 }, () => "{}").join(",")}]`);
  assert.deepEqual([many.status, many.body.code], [413, "payload_too_large"]);
});

test("one idempotency key makes one event, whoever wins the race", async (t) => {
  const program = await startTestProgram(t);
  const { inbox, workspace } = await program.makeInstalled({ topics: [topic] });
  const body = { workspace_id: workspace, topic, item: { id: "7" } };
  const keyed = (): Promise<{ id: string; notifications: number }> => program.publish(body, { "idempotency-key": "order-7" });
  const answers = await Promise.all(Array.from({ length: 20 }, keyed));
  assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
  assert.ok(answers.every(({ notifications }) => notifications === 1));
  const other = await program.call<Problem>("POST", "/v1/events", { ...body, item: { id: "8" } }, { "idempotency-key": "order-7" });
  assert.deepEqual([other.status, other.body.code], [409, "idempotency_conflict"]);
  await program.publish({ ...body, item: { id: "last" } });
  await inbox.waitFor((each) => each.body.includes('"last"'));
  assert.equal(inbox.received.length, 2);
  assert.equal(await storedEvents(program), 2);
});

test("a key is the same in the header and in the body, whatever its letters", async (t) => {
  const program = await startTestProgram(t);
  const { workspace } = await program.makeInstalled({ topics: [topic] });
  const body = { workspace_id: workspace, topic, item: {} };
  const onTheWire = (key: string): string => Buffer.from(key).toString("latin1");
  const both = await program.publish({ ...body, idempotency_key: "clé" }, { "idempotency-key": onTheWire("clé") });
  assert.equal((await program.publish(body, { "idempotency-key": onTheWire("clé") })).id, both.id);
  assert.equal((await program.publish(body, { "idempotency-key": "clé" })).id, both.id, "bytes that are no UTF-8 are taken as Latin-1");
  const longest = "é".repeat(255);
  assert.equal(
    (await program.publish(body, { "idempotency-key": onTheWire(longest) })).id,
    (await program.publish({ ...body, idempotency_key: longest })).id,
  );
});

test("a day-old key may be used again", async (t) => {
  const program = await startTestProgram(t, { virtual: true });
  const { workspace } = await program.makeInstalled({ topics: [topic] });
  const keyed = (): Promise<{ id: string }> => program.publish({ workspace_id: workspace, topic, item: {}, idempotency_key: "k" });
  const first = await keyed();
  await program.advance(25 * 3_600_000);
  const second = await keyed();
  assert.notEqual(second.id, first.id);
  await program.advance(3_600_000);
  assert.equal((await keyed()).id, second.id);
});

test("when the disk is nearly full publishing stops, and delivery goes on", async (t) => {
  let freeBytes = 100e9;
  const program = await startTestProgram(t, { disk: async () => ({ freeBytes, totalBytes: 200e9 }) });
  const installed = await program.makeInstalled({
    topics: [topic],
    settings: { policy: { waits_s: Array.from({ length: 20 }, () => 1) } },
  });
  installed.inbox.behave(null, 503);
  const { id } = await program.publish({ workspace_id: installed.workspace, topic, item: {} });
  freeBytes = 1e9;
  const refused = await eventually(async () => {
    const answer = await program.call<Problem>("POST", "/v1/events", { workspace_id: installed.workspace, topic, item: {} });
    return answer.status === 202 ? null : answer;
  });
  assert.deepEqual([refused.status, refused.body.code, refused.headers.get("retry-after")], [503, "storage_low", "60"]);
  installed.inbox.behave(null, 200);
  await program.settled(await program.notificationOf(id), "delivered");
});

test("when nobody is notified the answer says why", async (t) => {
  const program = await startTestProgram(t);
  await program.must("POST", "/v1/workspaces", { id: "empty", name: "Empty", kind: "paid", region: "us" });
  const lonely = await program.publish({ workspace_id: "empty", topic, item: {} });
  assert.deepEqual([lonely.notifications, lonely.skipped], [0, {}]);
  assert.match(lonely.hint ?? "", /No app is installed/);
  const { workspace } = await program.makeInstalled({ topics: [topic] });
  const other = await program.publish({ workspace_id: workspace, topic: "company.created", item: {} });
  assert.deepEqual([other.notifications, other.skipped], [0, { not_subscribed: 1 }]);
  assert.match(other.hint ?? "", /subscription/);
});

test("a workspace is found by the operator's own id, and both names share its idempotency keys", async (t) => {
  const program = await startTestProgram(t);
  const { id } = await program.must<{ id: string }>("PUT", "/v1/workspaces/ext:customer-9", { name: "Nine", kind: "paid", region: "eu" });
  const publishIn = (workspace: string) => program.publish({ workspace_id: workspace, topic, item: {}, idempotency_key: "k" });
  const first = await publishIn("ext:customer-9");
  assert.equal(first.notifications, 0);
  assert.equal((await publishIn(id)).id, first.id);
});
