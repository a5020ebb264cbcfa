// Every way to be hostile that is tried, over which transport.

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

/** A request larger than this makes a row heavy: such rows are tried a few at a time. */
const lightBytesMax = 1_000_000;

export function isHeavy({ row }: Trial): boolean {
  return (row.send?.body?.length ?? 0) > lightBytesMax;
}

export function startTrial({ row, over }: Trial): Promise<Receiver> {
  const { certificate = "good", ...options } = row.receiver ?? {};
  return startReceiver(row.does, over === "http" ? options : { certificate, ...options });
}
