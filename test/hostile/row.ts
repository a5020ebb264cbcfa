// One way to be hostile: what the receiver does, and what must come of the attempt. Each row is tried over HTTP and over TLS
// unless it says otherwise, by itself and among thousands of others.

import type { Answer, Exchange } from "../../server/src/deliver/answer.ts";
import type { Behaviour, ReceiverOptions } from "./receiver.ts";

export type Row = {
  readonly name: string;
  /** What it does with a request that has arrived whole. */
  readonly does: Behaviour;
  /** What comes of the attempt, as `told` tells it: over HTTP, and over TLS where that differs. `a | b`: chance decides. */
  readonly ends: string;
  readonly endsOverTls?: string;
  /** Only over this; both where not given. */
  readonly over?: "http" | "https";
  /** Takes up all the time there is, or all that a body has. */
  readonly slow?: boolean;
  readonly receiver?: ReceiverOptions;
  readonly send?: Partial<Exchange>;
  /** What else the answer must be. */
  readonly and?: (answer: Answer) => void;
};

/** A row in its shortest form: name, behaviour, outcome. */
export type Line = readonly [name: string, does: Behaviour, ends: string];

export function rowsOf(about: string, lines: readonly Line[], common: Partial<Row> = {}): Row[] {
  return lines.map(([name, does, ends]) => ({ name: `${about}: ${name}`, does, ends, ...common }));
}

/** `delivered 200`, `status 503, body cut`, `timeout in tls`: the stored reason, the status, where time ran out. */
export function told({ failure, status, phase, bodyTruncated }: Answer): string {
  const verdict = [failure ?? "delivered", status ?? []].flat().join(" ");
  if (phase !== null && phase !== "body") return `${verdict} in ${phase}`;
  return `${verdict}${phase === "body" ? ", body late" : bodyTruncated ? ", body cut" : ""}`;
}

/** For rows whose receiver acts before there is a request. */
export const nothing: Behaviour = () => {};
