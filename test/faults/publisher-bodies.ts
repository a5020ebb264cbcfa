// Bodies that nobody means well with, and what each is answered. What is accepted is JSON that only looks strange: it is the
// publisher's own and is sent on as it was written.
import { publish } from "./publisher-socket.ts";
import type { Bytes } from "./publisher-socket.ts";

export type Case = { readonly what: string; readonly bytes: Bytes; readonly status: number; readonly code: string | null };

const deep = 100_000;
const arrays = "[".repeat(deep) + "]".repeat(deep);
const objects = '{"a":'.repeat(deep) + "1" + "}".repeat(deep);
const members = (count: number): string => Array.from({ length: count }, (_, index) => `"k${index.toString(36)}":1`).join();

export const meanTopic = "conversation.user.created";

/** An event with this item, as text. `more` comes after it. */
export const event = (item: string, more = ""): string => `{"workspace_id":"ext:w","topic":"${meanTopic}","item":${item}${more}}`;

const invalid = (what: string, body: Bytes): Case => ({ what, bytes: publish({ body }), status: 400, code: "invalid_json" });
const mistaken = (what: string, body: Bytes): Case => ({ what, bytes: publish({ body }), status: 422, code: "invalid_request" });
const tooLarge = (what: string, body: Bytes): Case => ({ what, bytes: publish({ body }), status: 413, code: "payload_too_large" });

export const meanBodies: readonly Case[] = [
  invalid("arrays inside one another", event(`{"a":${arrays}}`)),
  invalid("objects inside one another", event(objects)),
  invalid("brackets that never close", "[".repeat(2_000_000)),
  invalid("white space alone", " ".repeat(2_000_000)),
  invalid("nothing at all", ""),
  invalid("a name twice", event('{"a":1,"a":2}')),
  invalid("a name twice, once escaped", event('{"a":1,"\\u0061":2}')),
  invalid("a name ten thousand times", event(`{${'"a":1,'.repeat(10_000)}"a":1}`)),
  invalid("one of the event's own names twice", event("{}", `,"topic":"${meanTopic}"`)),
  invalid("__proto__ twice", event('{"__proto__":1,"__proto__":2}')),
  invalid("U+0000 as an escape", event('{"a":"\\u0000"}')),
  invalid("U+0000 as a byte", event('{"a":"\0"}')),
  invalid("U+0000 in a name", event('{"\\u0000":1}')),
  invalid("U+0000 in the idempotency key", event("{}", ',"idempotency_key":"\\u0000"')),
  invalid("half of a surrogate pair", event('{"a":"\\ud800"}')),
  invalid("the other half, in a name", event('{"\\udc00":1}')),
  invalid("the halves in the wrong order", event('{"a":"\\udc00\\ud800"}')),
  invalid("forty thousand halves", event(`{"a":"${"\\ud800".repeat(40_000)}"}`)),
  invalid("bytes that are not UTF-8", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('"}')])),
  invalid("a surrogate in UTF-8", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')])),
  invalid("an overlong slash", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])),
  invalid("UTF-16", Buffer.from(event("{}"), "utf16le")),
  invalid("a byte order mark", `\ufeff${event("{}")}`),
  invalid("NaN", event('{"a":NaN}')),
  invalid("a number with a leading zero", event('{"a":01}')),
  invalid("two documents", event("{}").repeat(2)),
  mistaken("null", "null"),
  mistaken("an array", "[]"),
  mistaken("__proto__ beside the event's members", event("{}", ',"__proto__":{"topic":"x"}')),
  mistaken("constructor beside the event's members", event("{}", ',"constructor":{"prototype":{}}')),
  mistaken("all of it in __proto__", `{"__proto__":${event("{}")}}`),
  mistaken("an item that is only a prototype", `{"workspace_id":"ext:w","topic":"${meanTopic}","__proto__":{"item":{}}}`),
  mistaken("a time beyond all numbers", event("{}", ',"created_at":1e400')),
  mistaken("a time of 400 digits", event("{}", `,"created_at":${"9".repeat(400)}`)),
  tooLarge("an item that is too large", event(`{"a":"${"x".repeat(300_000)}"}`)),
  tooLarge("an item of a hundred thousand members", event(`{${members(100_000)}}`)),
  tooLarge("a body that is too large", Buffer.alloc(2 * 1024 * 1024 + 1, " ")),
  {
    what: "a workspace named __proto__",
    bytes: publish({ body: '{"workspace_id":"__proto__","topic":"ticket.created","item":{}}' }),
    status: 404,
    code: "unknown_workspace",
  },
  {
    what: "a workspace named ext:constructor",
    bytes: publish({ body: '{"workspace_id":"ext:constructor","topic":"ticket.created","item":{}}' }),
    status: 404,
    code: "unknown_workspace",
  },
  {
    what: "a topic named __proto__",
    bytes: publish({ body: '{"workspace_id":"ext:w","topic":"__proto__","item":{}}' }),
    status: 422,
    code: "unknown_topic",
  },
  {
    what: "a topic named constructor",
    bytes: publish({ body: '{"workspace_id":"ext:w","topic":"constructor","item":{}}' }),
    status: 422,
    code: "unknown_topic",
  },
];

/** Items that are accepted, and arrive as they were written. */
export const strangeItems: readonly string[] = [
  '{"id":1e400}',
  '{"id":-0,"zero":-0.0,"small":1e-400}',
  `{"id":${"9".repeat(400)}}`,
  `{"n":${"1".repeat(100_000)}}`,
  '{"__proto__":{"id":"x"},"constructor":{"prototype":{"polluted":true}},"id":"p"}',
  '{"__proto__":null}',
  '{"hasOwnProperty":1,"toString":1,"valueOf":1,"toJSON":1,"then":1}',
  '{"":""}',
  `{"${"k".repeat(100_000)}":1}`,
  `{"a":[${"1,".repeat(50_000)}1]}`,
  `{${members(10_000)}}`,
  `{"a":${"[".repeat(60)}${"]".repeat(60)}}`,
  '{"pair":"\\ud83d\\ude00","raw":"😀","slash":"\\/","line":"\u2028"}',
];

const batch = (what: string, body: Bytes, status: number, code: string | null, type = "application/x-ndjson"): Case => ({
  what,
  bytes: publish({ path: "/v1/events/batch", headers: [`Content-Type: ${type}`], body }),
  status,
  code,
});

export const meanBatches: readonly Case[] = [
  batch("a million empty lines", "\n".repeat(1_000_000), 413, "payload_too_large"),
  batch("a thousand empty lines", "\n".repeat(1_000), 422, null),
  batch("a line more than there may be", `${event("{}")}\n`.repeat(1_001), 413, "payload_too_large"),
  batch("a million elements", `[${"{},".repeat(1_000_000)}{}]`, 413, "payload_too_large", "application/json"),
  batch("arrays inside one another", `[${arrays}]`, 422, null, "application/json"),
  batch("an array that does not end", `[${event("{}")}`, 400, "invalid_json", "application/json"),
  batch("an array of commas", "[,,]", 400, "invalid_json", "application/json"),
  batch("no array", '{"__proto__":[]}', 400, "invalid_json", "application/json"),
  batch("a thousand lines full of mistakes", Array.from({ length: 1_000 }, () => `{${members(500)}}`).join("\n"), 422, null),
];
