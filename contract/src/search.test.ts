import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { completions } from "./search-completions.ts";
import { parseSearch, searchQuery, searchText } from "./search.ts";
import type { SearchFilters, SearchMistake } from "./search.ts";
import { searchKeys, searchWords } from "./search-words.ts";

const nowMs = Date.UTC(2026, 10, 24, 12);
const id = "notif_019a0000-0000-7000-8000-000000000001";

for (const [text, filters, query] of [
  ["", {}, {}],
  ["topic:ticket.* status:failed", { topic: "ticket.*", status: "failed" }, { topic: "ticket.*", status: "failed" }],
  ["  code:5XX\tSTATUS:Held ", { code: "5xx", status: "held" }, { code: "5xx", status: "held" }],
  ["workspace:ext:a:b object:5", { workspace: "ext:a:b", object: "5" }, { workspace_id: "ext:a:b", object_id: "5" }],
  ["workspace_id:abc object_id:5", { workspace: "abc", object: "5" }, { workspace_id: "abc", object_id: "5" }],
  ['object:"a \\"b\\" \\\\c"', { object: 'a "b" \\c' }, { object_id: 'a "b" \\c' }],
  ["object:-5 reason:timeout", { object: "-5", reason: "timeout" }, { object_id: "-5", reason: "timeout" }],
  [`${id} sub_abc`, { id, subscription: "sub_abc" }, { id, subscription: "sub_abc" }],
  ["after:2h before:30m", { after: "2h", before: "30m" }, { since: "2026-11-24T10:00:00.000Z", until: "2026-11-24T11:30:00.000Z" }],
  ["since:2026-11-24T10:00Z", { after: "2026-11-24T10:00Z" }, { since: "2026-11-24T10:00:00.000Z" }],
  ["before:2026-11-24T10:00+02:00", { before: "2026-11-24T10:00+02:00" }, { until: "2026-11-24T08:00:00.000Z" }],
  ["after:2026-11-20", { after: "2026-11-20" }, { since: "2026-11-20T00:00:00.000Z" }],
  ["after:1700000000", { after: "1700000000" }, { since: "2023-11-14T22:13:20.000Z" }],
] as const) {
  test(`\`${text}\` is understood`, () => assert.deepEqual(parseSearch(text, nowMs), { ok: true, filters, query }));
}

for (const [text, ...wrong] of [
  ["statsu:failed", ["statsu:failed", 0, 13, /no search word statsu: there are topic, status/]],
  ["topic:a status:sleeping", ["status:sleeping", 8, 23, /status: must be one of waiting, retrying/]],
  ["-status:failed", ["-status:failed", 0, 14, /not what to leave out/]],
  ["not status:failed", ["not", 0, 3, /not what to leave out/]],
  ["topic:!ticket.created", ["topic:!ticket.created", 0, 21, /not what to leave out/]],
  ["status:failed status:held", ["status:held", 14, 25, /already/]],
  ["code:700", ["code:700", 0, 8, /an HTTP status such as 503, or a class/]],
  ["topic:*.created", ["topic:*.created", 0, 15, /its beginning and a star/]],
  ["status:", ["status:", 0, 7, /needs a value/]],
  ['object:""', ['object:""', 0, 9, /needs a value/]],
  ['object:"a b', ['object:"a b', 0, 11, /Close the quotation mark/]],
  ['object:"a"b', ['object:"a"b', 0, 11, /Close the quotation mark/]],
  ["after:soon", ["after:soon", 0, 10, /is no time; write 2h/]],
  ["before:2026-02-30", ["before:2026-02-30", 0, 17, /is no time/]],
  ["id:5", ["id:5", 0, 4, /begins with notif_/]],
  ["failed", ["failed", 0, 6, /write status:failed\./]],
  ["503 ticket.created", ["503", 0, 3, /write code:503\./], ["ticket.created", 4, 18, /write topic:ticket.created\./]],
  ["hello", ["hello", 0, 5, /write topic:ticket.created or object:123\./]],
  [`object:${"x".repeat(256)}`, [`object:${"x".repeat(256)}`, 0, 263, /at most 255/]],
] as const) {
  test(`\`${text.slice(0, 40)}\` is refused, and the mistake has its place`, () => {
    const read = parseSearch(text, nowMs);
    assert.ok(!read.ok);
    assert.equal(read.mistakes.length, wrong.length);
    for (const [index, [word, from, to, message]] of wrong.entries()) {
      const mistake: SearchMistake | undefined = read.mistakes[index];
      assert.deepEqual([mistake?.word, mistake?.from, mistake?.to], [word, from, to]);
      assert.match(mistake?.message ?? "", message);
    }
  });
}

const texts = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const values = {
  topic: fc.constantFrom("ticket.*", "ticket.created", "*"),
  status: fc.constantFrom(...Object.keys(searchWords.status.closed ?? {})),
  code: fc.constantFrom("5xx", "404"),
  reason: fc.constantFrom(...Object.keys(searchWords.reason.closed ?? {})),
  workspace: texts.map((text) => `ext:${text}`),
  app: texts.map((text) => `ext:${text}`),
  subscription: texts.map((text) => `sub_${text}`),
  object: texts,
  after: fc.constantFrom("2h", "90s", "2026-11-24", "2026-11-24T10:00Z"),
  before: fc.constantFrom("1w", "1700000000"),
  id: fc.constant(id),
};
const anyFilters = fc.record(values, { requiredKeys: [] }) as fc.Arbitrary<SearchFilters>;

test("what filters are written as is read as the same filters, relative times too", () => {
  fc.assert(
    fc.property(anyFilters, (filters) => {
      const read = parseSearch(searchText(filters), nowMs);
      assert.deepEqual(read, { ok: true, filters: { ...filters }, query: searchQuery(filters, nowMs) });
    }),
  );
});

test("any text at all is either read or refused, and each mistake stands where it says", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.constantFrom(":", '"', "\\", " ", "-", "status", "a")).map((parts) => parts.join("")),
      ),
      (text) => {
        const read = parseSearch(text, nowMs);
        if (!read.ok) for (const { word, from, to } of read.mistakes) assert.equal(text.slice(from, to), word);
      },
    ),
  );
});

const labels = (text: string, cursor = text.length): string[] => completions(text, cursor, known).map(({ label }) => label);
const known = {
  topic: { "ticket.created": "A ticket was made", "contact.created": "A contact was made" },
  workspace: { "ext:a b": "A Workspace" },
};

test("completion offers words that are not there yet, and the values of the one the cursor is in", () => {
  assert.deepEqual(
    labels(""),
    searchKeys.map((key) => `${key}:`),
  );
  assert.deepEqual(labels("s"), ["status:", "subscription:"]);
  assert.deepEqual(labels("status:failed s"), ["subscription:"]);
  assert.deepEqual(labels("status:f"), ["failed"]);
  assert.deepEqual(labels("code:"), ["2xx", "3xx", "4xx", "5xx"]);
  assert.deepEqual(labels("topic:cont"), ["contact.created"]);
  assert.deepEqual(labels("topic:created"), ["ticket.created", "contact.created"]);
  assert.deepEqual(labels("colour:r"), []);
  assert.deepEqual(labels("status:fzz code:5", 8), ["failed"]);
  assert.deepEqual(labels("status"), ["status:"]);
});

test("a completion says what it takes the place of, and is quoted where that is needed", () => {
  assert.deepEqual(completions('code:5xx workspace:"a', 21, known), [
    { insert: 'workspace:"ext:a b" ', label: "ext:a b", hint: "A Workspace", from: 9, to: 21 },
  ]);
});
