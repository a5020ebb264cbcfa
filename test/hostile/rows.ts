// Every way to be hostile that is tried, and the ones among them that come to an end quickly.

import { startReceiver } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";
import type { Row } from "./row.ts";
import { bodyRows } from "./rows-bodies.ts";
import { endRows } from "./rows-ends.ts";
import { headerRows } from "./rows-headers.ts";
import { statusRows } from "./rows-status.ts";
import { strangerRows } from "./rows-strangers.ts";
import { tlsRows } from "./rows-tls.ts";

type Transport = "http" | "https";

/** A row over one of the two. */
export type Trial = { readonly name: string; readonly row: Row; readonly over: Transport; readonly ends: string };

const rows: readonly Row[] = [...statusRows, ...headerRows, ...bodyRows, ...endRows, ...strangerRows, ...tlsRows];

function trialOf(row: Row, over: Transport): Trial {
  const ends = over === "https" ? (row.endsOverTls ?? row.ends) : row.ends;
  return { name: `${row.name} (${over})`, row, over, ends };
}

export const trials: readonly Trial[] = rows.flatMap((row) =>
  (["http", "https"] as const).filter((over) => (row.over ?? over) === over).map((over) => trialOf(row, over)),
);

/** More than this makes a row heavy rather than hostile. */
const quickBytesMax = 1_000_000;

export const quickTrials: readonly Trial[] = trials.filter(({ row }) => row.slow !== true && (row.send?.body?.length ?? 0) < quickBytesMax);

export function startTrial({ row, over }: Trial): Promise<Receiver> {
  const { certificate = "good", ...options } = row.receiver ?? {};
  return startReceiver(row.does, over === "http" ? options : { certificate, ...options });
}
