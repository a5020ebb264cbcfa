// One exchange with an endpoint: what the sender is given and what it gives back. The status line decides; everything
// after it is kept to be looked at, never to change the verdict.

import type { AttemptFailure } from "@bellhop/contract/reasons";

/** What is kept of an answer. The header limit on the wire is the sender's. */
export const HEADERS_KEPT_MAX = 64;
export const HEADER_CHARACTERS_KEPT_MAX = 8_192;
export const BODY_BYTES_MAX = 65_536;

export type Exchange = {
  /** Connections are shared within a pool and never between pools: the subscription's id. */
  readonly pool: string;
  /** Connections of the pool, at most; what exceeds them waits within its own deadline. */
  readonly connections: number;
  readonly method: "POST" | "HEAD";
  readonly url: string;
  /** Name, value, name, value. `Host`, `Connection` and `Content-Length` are the sender's own. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** For everything until the answer's headers are complete, DNS and connect included. */
  readonly timeoutMs: number;
};

export type Phase = "dns" | "connect" | "tls" | "first_byte" | "body";

export type Answer = {
  /** Null only when a complete 2xx status line and headers arrived before the deadline. */
  readonly failure: AttemptFailure | null;
  /** Where time ran out. `body`: after the verdict, reading what is only kept to be looked at. */
  readonly phase: Phase | null;
  /** What happened, in a sentence that may be shown to the endpoint's owner. */
  readonly detail: string | null;
  readonly status: number | null;
  /** Lower-case names, at most `HEADERS_KEPT_MAX`. */
  readonly headers: readonly (readonly [string, string])[];
  /** As received, never decompressed, at most `BODY_BYTES_MAX`. */
  readonly body: Buffer;
  readonly bodyTruncated: boolean;
  readonly bodyError: string | null;
  /** The header as received. */
  readonly retryAfter: string | null;
  /** The address that was connected to. */
  readonly address: string | null;
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  /** How long each step of making the connection took; null where it did not come to that, or on a reused connection. */
  readonly dnsUs: number | null;
  readonly connectUs: number | null;
  readonly tlsUs: number | null;
  /** Since the start: until the answer's status line and headers were complete, and until its end. */
  readonly firstByteUs: number | null;
  readonly totalUs: number;
};

/** The two clocks that an exchange is measured with. */
export type Clock = { wallMs(): number; monotonicMs(): number };
