// Search words of a question become fields of it. All must hold; a field that is said both ways could mean either, so it is
// refused.
import type { NotificationQuery } from "@bellhop/contract/notifications";
import type { Mistake } from "@bellhop/contract/problems";
import { parseSearch } from "@bellhop/contract/search";
import { Problem } from "../domain/problem.ts";

export function withSearch<Q extends NotificationQuery>(asked: Q, nowMs: number): Q {
  if (asked.q === undefined) return asked;
  const search = parseSearch(asked.q, nowMs);
  if (!search.ok) {
    const told = search.mistakes.map(({ from, to, message }) => mistake(`at ${from + 1} to ${to}: ${message}`));
    throw new Problem("invalid_query", "The search words have mistakes.", told);
  }
  const twice = Object.keys(search.query).filter((field) => field in asked);
  if (twice.length > 0)
    throw new Problem(
      "invalid_query",
      undefined,
      twice.map((field) => mistake(`says ${field}, which the query has too; say it once`)),
    );
  return { ...asked, ...search.query };
}

const mistake = (message: string): Mistake => ({ pointer: "/q", message });
