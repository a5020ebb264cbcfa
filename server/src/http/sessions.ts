// What a server needs to know sessions: by which cookie they come, whose they are, and which pages are our own.
import { createSessionFinder } from "../manage/sessions-find.ts";
import type { SessionFinder } from "../manage/sessions-find.ts";
import type { Database } from "../store/database.ts";
import { sessionCookie } from "./session-cookie.ts";
import type { SessionCookie } from "./session-cookie.ts";

export type Sessions = SessionFinder & { readonly cookie: SessionCookie; readonly publicUrl: string };

export function createSessions(database: Database, publicUrl: string): Sessions {
  return { ...createSessionFinder(database), cookie: sessionCookie(publicUrl), publicUrl };
}
