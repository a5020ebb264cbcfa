// Who changed what.
import type { Static } from "typebox";
import type { AuditEntrySchema, auditRoutes } from "@bellhop/contract/audit";
import type { Route } from "@bellhop/contract/route";
import { routes } from "@bellhop/contract/routes";
import { auditChanges, auditKind } from "../../domain/audit-changes.ts";
import { auditPage } from "../../manage/audit.ts";
import { mapPage } from "../../manage/find-page.ts";
import type { AuditRow } from "../../store/audit.ts";
import type { Database } from "../../store/database.ts";
import type { Handlers } from "../handler.ts";

export function auditHandlers({ database }: { readonly database: Database }): Handlers<typeof auditRoutes> {
  return { listAudit: async ({ query, caller }) => mapPage(await auditPage(database, caller, query), present) };
}

function present({ id, at, key, actor_name: name, route, subject, before, after }: AuditRow): Static<typeof AuditEntrySchema> {
  return {
    id: String(id),
    at: at.toISOString(),
    actor: { id: key, name },
    action: route,
    summary: (routes as Record<string, Route>)[route]?.summary ?? null,
    subject,
    kind: auditKind(before, after),
    changes: auditChanges(before, after),
  };
}
