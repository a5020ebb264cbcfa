// Requests for one operation of openapi.json: right ones, nearly right ones, and ones that nobody in their senses would send.
import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { callersOf, rightCaller } from "./fuzz-callers.ts";
import { fitting, hostileValues, nearly, simplest } from "./fuzz-schema.ts";
import type { Schema } from "./fuzz-schema.ts";
import type { FuzzWorld } from "./fuzz-world.ts";

export type FuzzRequest = {
  readonly method: string;
  /** Path and query as they go onto the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
};

type Parameter = { readonly in: string; readonly name: string; readonly required?: boolean; readonly schema: Schema };
export type Operation = {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
};

export type Fuzzed = FuzzWorld & {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly refs: (ref: string) => Schema;
};

/** The simplest request that has to succeed. */
export function rightRequest(fuzzed: Fuzzed): FuzzRequest {
  const { method, path, operation, known, refs } = fuzzed;
  const of = (parameter: Parameter): string => encoded(simplest(parameter.schema, known, refs, knownAs(parameter, path)));
  const parameters = operation.parameters ?? [];
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => of(parameters.find((each) => each.name === name) as Parameter));
  const query = parameters.filter((each) => each.in === "query" && each.required === true).map((each) => `${each.name}=${of(each)}`);
  const schema = operation.requestBody?.content["application/json"]?.schema;
  return {
    method,
    target: [filled, query.join("&")].filter((part) => part !== "").join("?"),
    headers: { ...rightCaller(fuzzed), ...(schema && { "content-type": "application/json" }) },
    body: schema ? Buffer.from(JSON.stringify(simplest(schema, known, refs, operation.operationId))) : null,
  };
}

/** An id is known by what it is of: in a path by the collection, in a query it is of a notification. */
function knownAs({ in: where, name }: Pick<Parameter, "in" | "name">, path: string): string {
  if (name !== "id") return name;
  return where === "query" ? "notifications id" : `${path.split("/")[2]} id`;
}

export function requests(fuzzed: Fuzzed): Arbitrary<FuzzRequest> {
  return fc
    .record({ path: pathOf(fuzzed), query: queryOf(fuzzed), body: bodyOf(fuzzed), headers: headersOf(fuzzed) })
    .map(({ path, query, body, headers: { type, ...others } }) => {
      const headers = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== ""));
      if (body !== null && type !== "") headers["content-type"] = type;
      return { method: fuzzed.method, target: path + query, headers, body };
    });
}

/** In most requests all is right but for one part. */
const mostly = <T>(usual: Arbitrary<T>, odd: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ weight: 15, arbitrary: usual }, { weight: 1, arbitrary: odd });

const texts = hostileValues.filter((value): value is string => typeof value === "string" && value.length < 3_000);
const oddSegments = [...texts.map(encoded), "%", "%ff", "%00", "%2f", "..", "", "%E0%A4%A", "a".repeat(7_000), "\u00ff"];

function encoded(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed());
}

function pathOf({ path, operation, known, ids, refs }: Fuzzed): Arbitrary<string> {
  const parts = path.split(/\{(\w+)\}/);
  const segments = parts.map((part, index) => {
    if (index % 2 === 0) return fc.constant(part);
    const schema = (operation.parameters ?? []).find((each) => each.in === "path" && each.name === part)?.schema ?? {};
    const right = fitting(schema, known, refs, knownAs({ in: "path", name: part }, path)).map(encoded);
    return mostly(right, fc.constantFrom(...oddSegments, ...ids.map(encoded)));
  });
  return fc.tuple(...segments).map((all) => all.join(""));
}

const oddQueries = [
  "?",
  "?&&&",
  "?=",
  "?limit",
  "?limit=1&limit=2",
  "?limit=1e3",
  "?limit=0x10",
  "?limit=-0",
  "?limit[]=1",
  "?limit=99999999999999999999",
  "?__proto__=1",
  "?constructor=1",
  "?%00=1",
  "?a=%ff",
  "?cursor=%00",
  "?cursor=null",
  "?cursor=eyJhIjoxfQ",
  "?cursor=W10",
  "?cursor=bnVsbA",
  "?cursor=MTIz",
  "?cursor=" + "A".repeat(500),
  "?cursor=LTE6LTE",
  "?cursor=a2V5X2FhYWFhYWFhYWFhYWFhYWE",
  "?since=-1&until=1e99",
  "?since=99999999999999",
  "?since=Infinity",
  "?since=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59Z",
  "?version=__proto__",
  "?q=" + "x".repeat(7_500),
];

function queryOf({ path, operation, known, refs }: Fuzzed): Arbitrary<string> {
  const asked = (operation.parameters ?? []).filter((each) => each.in === "query");
  const fields = Object.fromEntries(asked.map((each) => [each.name, fitting(each.schema, known, refs, knownAs(each, path))]));
  const required = asked.filter((each) => each.required === true).map(({ name }) => name);
  const right = fc.record(fields, { requiredKeys: required });
  const names = asked.length === 0 ? ["none"] : asked.map(({ name }) => name);
  const spoiled = fc
    .tuple(right, fc.constantFrom(...names), fc.constantFrom(...texts))
    .map(([given, name, odd]) => ({ ...given, [name]: odd }));
  return fc.oneof(
    { weight: 12, arbitrary: right.map(queryText) },
    { weight: 2, arbitrary: spoiled.map(queryText) },
    { weight: 1, arbitrary: fc.constantFrom(...oddQueries) },
  );
}

function queryText(given: Record<string, unknown>): string {
  const pairs = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`${encoded(name)}=${encoded(value)}`]));
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

const deep = 20_000;
const oddBodies: readonly (string | Buffer)[] = [
  "",
  " ",
  "null",
  "0",
  '"text"',
  "[]",
  "{}",
  "{",
  '{"a":',
  "{}{}",
  "\ufeff{}",
  "{'a':1}",
  "NaN",
  "[".repeat(deep),
  "[".repeat(deep) + "]".repeat(deep),
  '{"item":'.repeat(deep) + "1" + "}".repeat(deep),
  '{"name":"a","name":"b"}',
  String.raw`{"name":"a","n\u0061me":"b","topic":"x","topic":"y"}`,
  '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
  String.raw`{"name":"\ud800","topic":"\u0000","url":"\udfff\ud800"}`,
  `{"item":{"id":"${"x".repeat(400_000)}"},"topic":"ticket.created","workspace_id":"w"}`,
  `{"item":${"9".repeat(5_000)},"since":1e400,"until":-1e400}`,
  "\n\n\n",
  '{"topic":"ticket.created"}\n\n[1]\nnull\n{"',
  Buffer.of(0xff, 0xfe, 0x00),
  Buffer.from('{"name":"\xff\xfe"}', "latin1"),
  Buffer.alloc(9 * 1024 * 1024, 0x20),
  Buffer.alloc(200_000, "[1],"),
];

function bodyOf({ operation, known, refs }: Fuzzed): Arbitrary<Buffer | null> {
  const schema = operation.requestBody?.content["application/json"]?.schema;
  const odd = fc.constantFrom(...oddBodies).map((each) => Buffer.from(each as string));
  if (!schema) return fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: odd });
  const right = fitting(schema, known, refs, operation.operationId);
  const json = fc.oneof(right, nearly(right)).map((value) => Buffer.from(JSON.stringify(value) ?? ""));
  const doubled = right.map((value) => Buffer.from(JSON.stringify(value).replace(/^\{("[^"]*"):/, "{$1:0,$1:")));
  const lines = right.map((value) => Buffer.from((Array.isArray(value) ? value : [value]).map((each) => JSON.stringify(each)).join("\n")));
  return fc.oneof(
    { weight: 20, arbitrary: json },
    { weight: 1, arbitrary: doubled },
    { weight: 1, arbitrary: lines },
    { weight: 2, arbitrary: odd },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

const oddTypes = [
  "",
  "text/plain",
  "application/x-ndjson",
  "application/json; charset=utf-16",
  "application/json;charset=utf-8; charset=x",
  "APPLICATION/JSON",
  "application/json, application/json",
  "multipart/form-data; boundary=x",
  "application/vnd.api+json",
  ";",
  "/",
  "x".repeat(2_000),
];

/** An empty value leaves the header out. */
function headersOf(fuzzed: Fuzzed): Arbitrary<Record<string, string> & { type: string }> {
  const rarely = (...values: string[]): Arbitrary<string> => mostly(fc.constant(""), fc.constantFrom(...values));
  const others = fc.record({
    type: mostly(fc.constant("application/json"), fc.constantFrom(...oddTypes)),
    "idempotency-key": rarely("k", "\u00e9\u00ff", "k".repeat(255), "k".repeat(256), "' --"),
    "content-encoding": rarely("gzip", "identity"),
    accept: rarely("text/html", "*/*;q=0"),
    "x-http-method-override": rarely("DELETE"),
    traceparent: rarely("00-00-00-00"),
  });
  return fc.tuple(callersOf(fuzzed), others).map(([caller, given]) => ({ ...caller, ...given }));
}
