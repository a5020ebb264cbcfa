// Pages of the audit.
import { externalIdIn, findApp, findWorkspace, refuseBound } from "./find.ts";
import type { Asking } from "./find.ts";
import { readPage } from "./find-page.ts";
import type { List, Page, PageQuery } from "./find-page.ts";
import { listAudit } from "../store/audit.ts";
import type { AuditRow } from "../store/audit.ts";
import type { Database } from "../store/database.ts";

/** Rows are numbered by a serial of 8 bytes; no cursor needs more digits than a number keeps. */
const pages: List<AuditRow> = { name: "audit", position: /^(\d{1,15})$/, positionOf: ({ id }) => String(id) };

export type AuditQuery = PageQuery & { readonly app?: string; readonly workspace_id?: string; readonly actor?: string };

/** An app or workspace that was deleted is still asked for by its own id. */
export async function auditPage(database: Database, asking: Asking, query: AuditQuery): Promise<Page<AuditRow>> {
  refuseBound(asking, "read the audit");
  const { app, workspace_id: workspace, actor } = query;
  const asked = {
    app: app === undefined ? null : await appId(database, asking, app),
    workspace: workspace === undefined ? null : await workspaceId(database, asking, workspace),
    actor: actor ?? null,
  };
  return readPage(pages, query, (after, limit) => listAudit(database.control, asked, after && Number(after[1]), limit));
}

const appId = async (database: Database, asking: Asking, given: string): Promise<string> =>
  isExternal(given) ? (await findApp(database, given, asking, "/app")).id : given;

const workspaceId = async (database: Database, asking: Asking, given: string): Promise<string> =>
  isExternal(given) ? (await findWorkspace(database, given, asking, "/workspace_id")).id : given;

const isExternal = (given: string): boolean => externalIdIn(given) !== null;
