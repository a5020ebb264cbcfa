// Requests whose form is wrong: smuggling, floods of headers, other protocols, strange methods, paths and types.
import { gzipSync } from "node:zlib";
import { event } from "./publisher-bodies.ts";
import type { Case } from "./publisher-bodies.ts";
import { publish, request } from "./publisher-socket.ts";
import type { Bytes } from "./publisher-socket.ts";

const body = event("{}");
const json = "Content-Type: application/json";
const length = `Content-Length: ${body.length}`;
const chunked = "Transfer-Encoding: chunked";
/** Would be a second request, if the first were cut where the mean one wants it to be. */
const smuggled = "GET /livez HTTP/1.1\r\nHost: bellhop\r\n\r\n";

const malformed = (what: string, bytes: Bytes): Case => ({ what, bytes, status: 400, code: "malformed_request" });
const withHeaders = (what: string, headers: readonly string[], rest: Bytes = body): Case =>
  malformed(what, Buffer.concat([request({ headers: [json, ...headers] }), Buffer.from(rest as string)]));
const flood = (what: string, bytes: Bytes): Case => ({ what, bytes, status: 431, code: "headers_too_large" });
const typed = (what: string, type: string): Case => ({
  what,
  bytes: publish({ headers: [`Content-Type: ${type}`], body }),
  status: 415,
  code: "unsupported_media_type",
});
const encoded = (encoding: string, content: Bytes): Case => ({
  what: `a body encoded with ${encoding}`,
  bytes: publish({ headers: [`Content-Encoding: ${encoding}`], body: content }),
  status: 415,
  code: "unsupported_media_type",
});
const path = (what: string, target: string, status: number, code: string): Case => ({
  what,
  bytes: request({ method: "GET", path: target }),
  status,
  code,
});
const method = (name: string, target: string, status: number, code: string | null): Case => ({
  what: `the method ${name}`,
  bytes: request({ method: name, path: target }),
  status,
  code,
});

export const meanRequests: readonly Case[] = [
  withHeaders("both lengths", ["Content-Length: 5", chunked], `0\r\n\r\n${smuggled}`),
  withHeaders("both lengths, the other way round", [chunked, "Content-Length: 5"], `0\r\n\r\n${smuggled}`),
  withHeaders("two lengths", [length, "Content-Length: 0"], body + smuggled),
  withHeaders("the same length twice", [length, length]),
  withHeaders("a list of lengths", [`${length}, ${body.length}`]),
  withHeaders("a length with a sign", [`Content-Length: +${body.length}`]),
  withHeaders("a negative length", ["Content-Length: -1"]),
  withHeaders("a length beyond all numbers", ["Content-Length: 99999999999999999999999"]),
  withHeaders("a length in hexadecimal", ["Content-Length: 0x10"]),
  withHeaders("an encoding that is nearly chunked", ["Transfer-Encoding: xchunked"], `0\r\n\r\n${smuggled}`),
  withHeaders("chunked, but not at last", ["Transfer-Encoding: chunked, identity"], `0\r\n\r\n${smuggled}`),
  withHeaders("chunked twice", [chunked, chunked], `0\r\n\r\n${smuggled}`),
  withHeaders("a blank before the colon", [`Content-Length : ${body.length}`]),
  withHeaders("a chunk whose size is no number", [chunked], "zz\r\n"),
  withHeaders("a chunk larger than all numbers", [chunked], "fffffffffffffffff\r\n"),
  withHeaders("an endless chunk extension", [chunked], `5;${"x".repeat(100_000)}\r\n`),
  withHeaders("a header on two lines", ["X-Folded: 1\r\n 2"]),
  withHeaders("U+0000 in a header", ["X-Null: a\0b"]),
  malformed("line feeds alone", `POST /v1/events HTTP/1.1\nHost: bellhop\n${length}\n\n${body}`),
  malformed("no host", "GET /livez HTTP/1.1\r\n\r\n"),
  malformed("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
  malformed("the hello of TLS", Buffer.from("16030100c8010000c40303".padEnd(400, "5a"), "hex")),
  malformed("a version that does not exist", "GET /livez HTTP/9.9\r\nHost: bellhop\r\n\r\n"),
  malformed("zeros", Buffer.alloc(100_000)),
  malformed("a raw byte in the path", "GET /v1/apps/\xff HTTP/1.1\r\nHost: bellhop\r\n\r\n"),
  flood("a header of a megabyte", request({ method: "GET", path: "/livez", headers: [`X-Long: ${"x".repeat(1_000_000)}`] })),
  flood(
    "three thousand headers",
    request({ method: "GET", path: "/livez", headers: Array.from({ length: 3_000 }, (_, at) => `X-${at}: 1`) }),
  ),
  flood("headers without values", request({ headers: Array.from({ length: 6_000 }, () => "a:") })),
  flood("a path of 100 kB", request({ method: "GET", path: `/${"a".repeat(100_000)}` })),
  flood(
    "trailers without end",
    Buffer.concat([request({ headers: [json, chunked] }), Buffer.from(`0\r\n${"X-T: 1\r\n".repeat(100_000)}`)]),
  ),
  typed("plain text", "text/plain"),
  typed("a form", "application/x-www-form-urlencoded"),
  typed("many parts", "multipart/form-data; boundary=x"),
  typed("no type at all", ""),
  typed("junk for a type", ";;;="),
  typed("nearly JSON", "application/jsonfoo"),
  encoded("gzip", gzipSync(body)),
  encoded("br", body),
  encoded("identity, gzip", body),
  path("U+0000 in a path", "/v1/apps/%00", 400, "invalid_query"),
  path("a path that cannot be decoded", "/v1/apps/%zz", 400, "invalid_query"),
  path("a way up", "/v1/../../etc/passwd", 404, "not_found"),
  path("an encoded way up", "/v1/apps/%2e%2e%2fkeys", 404, "not_found"),
  path("an id of 12 kB", `/v1/apps/${"a".repeat(12_000)}`, 404, "not_found"),
  path("two slashes", "//v1//apps", 404, "not_found"),
  path("__proto__ in a query", "/v1/apps?__proto__=1&constructor=2", 400, "invalid_query"),
  path("four thousand parameters", `/v1/apps?${"a&".repeat(4_000)}`, 400, "invalid_query"),
  method("BREW", "/v1/events", 400, "malformed_request"),
  method("QUERY", "/v1/events", 400, "malformed_request"),
  method("TRACE", "/v1/events", 404, "not_found"),
  method("PROPFIND", "/v1/events", 404, "not_found"),
  method("PATCH", "/v1/events", 405, "method_not_allowed"),
  method("OPTIONS", "*", 404, "not_found"),
  method("CONNECT", "bellhop:1", 0, null),
  {
    what: "a key that is no key",
    bytes: "GET /v1/apps HTTP/1.1\r\nHost: bellhop\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
    status: 401,
    code: "unauthorized",
  },
  { what: "an expectation", bytes: request({ headers: [json, length, "Expect: tea", "Connection: close"] }), status: 417, code: null },
  {
    what: "a length beyond what may be",
    bytes: request({ headers: [json, "Content-Length: 9007199254740993"] }),
    status: 413,
    code: "payload_too_large",
  },
];
