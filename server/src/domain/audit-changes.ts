// What an audit row says as a list of fields: what was is compared with what is.
import { isDeepStrictEqual } from "node:util";

type State = Readonly<Record<string, unknown>> | null;

export type AuditChange = { field: string; before: unknown; after: unknown };
export type AuditKind = "made" | "changed" | "ended";

export function auditKind(before: State, after: State): AuditKind {
  if (before === null) return "made";
  return after === null ? "ended" : "changed";
}

/** Fields that were and are the same are left out; a field that is not there counts as null. */
export function auditChanges(before: State, after: State): AuditChange[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields
    .map((field) => ({ field, before: before?.[field] ?? null, after: after?.[field] ?? null }))
    .filter((change) => !isDeepStrictEqual(change.before, change.after));
}
