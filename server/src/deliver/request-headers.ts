// Which headers a subscription may add to its requests, decided when it is saved. A custom `Host` would change the name
// that TLS is checked against, hop-by-hop and content headers the framing, and our own names what receivers trust.
import type { Mistake } from "@bellhop/contract/problems";

const headersMax = 20;
/** Names and values together. */
const headerBytesMax = 4096;

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible Latin-1, with blanks and tabs inside only: what a parser strips at the ends would not arrive as shown. */
const valuePattern = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** What HTTP uses between two neighbours only, and `Expect`, which makes the exchange a different one. */
const connectionNames = new Set([
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
]);
const ownNames = new Set(["accept", "user-agent", "traceparent", "x-hub-signature", "x-body-signature"]);
const ownPrefixes = ["webhook-", "x-bellhop-"];

/** Every mistake in a subscription's headers, each with a pointer to the header's name below `at`. */
export function checkHeaders(headers: readonly (readonly [string, string])[], at = "/headers"): Mistake[] {
  if (headers.length > headersMax) {
    return [{ pointer: at, message: `At most ${headersMax} headers, not ${headers.length}.` }];
  }
  const mistakes = headers.flatMap(([name, value]) =>
    headerMistakes(name, value).map((message) => ({ pointer: `${at}/${segment(name)}`, message })),
  );
  const bytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > headerBytesMax) {
    mistakes.push({ pointer: at, message: `Names and values have ${bytes} bytes together, at most ${headerBytesMax}.` });
  }
  return [...mistakes, ...repeatedNames(headers, at)];
}

function headerMistakes(name: string, value: string): string[] {
  const mistakes: string[] = [];
  if (!tokenPattern.test(name)) mistakes.push("The name is not a valid header name.");
  const refusal = refusedName(name.toLowerCase());
  if (refusal !== null) mistakes.push(refusal);
  if (!valuePattern.test(value)) {
    mistakes.push("The value has characters that a header cannot carry, or white space at an end.");
  }
  return mistakes;
}

function refusedName(name: string): string | null {
  if (connectionNames.has(name)) return "This header belongs to the connection and cannot be set.";
  if (name.startsWith("content-")) return "Headers about the content cannot be set.";
  if (ownNames.has(name) || ownPrefixes.some((prefix) => name.startsWith(prefix))) {
    return "This header is set by Bellhop itself.";
  }
  return null;
}

function repeatedNames(headers: readonly (readonly [string, string])[], at: string): Mistake[] {
  const seen = new Set<string>();
  const mistakes: Mistake[] = [];
  for (const [name] of headers) {
    const key = name.toLowerCase();
    if (seen.has(key)) {
      mistakes.push({ pointer: `${at}/${segment(name)}`, message: "The name is there twice; case makes no difference." });
    }
    seen.add(key);
  }
  return mistakes;
}

function segment(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
