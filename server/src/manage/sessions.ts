// Signing in and out. A link's token works once, even where two use it at the same moment; a session's token is made when
// it begins and is never the link's.
import { randomBytes } from "node:crypto";
import { signInPath } from "@bellhop/contract/sessions";
import { Problem } from "../domain/problem.ts";
import { insertAudit } from "../store/audit.ts";
import type { Actor } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import {
  deleteAllSessions,
  deleteSession,
  deleteSignInLinksBy,
  insertSession,
  insertSignInLink,
  usableSession,
  useSignInLink,
} from "../store/sessions.ts";
import type { SessionLifetime, SessionRecord } from "../store/sessions.ts";
import { transaction } from "../store/sql.ts";
import { hashToken } from "./keys-token.ts";

const tokenBytes = 32;
const minuteS = 60;
const dayS = 86_400;
const linkLifetimeS = 15 * minuteS;
/** A start's link may wait in a terminal; the next start's takes its place. */
const startLinkLifetimeS = dayS;
export const sessionLifetime: SessionLifetime = { idleS: 7 * dayS, wholeS: 30 * dayS };

/** The only account there is. */
const operator = "operator";
const start: Actor = { key: "start", route: "start" };

export type Session = {
  readonly hash: Buffer;
  readonly account: { readonly id: string; readonly name: string; readonly role: "operator" };
  readonly expiresAt: Date;
};

export type SignInLink = { readonly url: string; readonly expiresAt: Date };

export function makeSignInLink(database: Database, publicUrl: string, actor: Actor): Promise<SignInLink> {
  return makeLink(database, publicUrl, actor, linkLifetimeS);
}

/** Replaces that of an earlier start. */
export async function makeStartLink(database: Database, publicUrl: string): Promise<SignInLink> {
  await deleteSignInLinksBy(database.control, start.key);
  return makeLink(database, publicUrl, start, startLinkLifetimeS);
}

async function makeLink(database: Database, publicUrl: string, actor: Actor, lifetimeS: number): Promise<SignInLink> {
  const token = makeToken();
  const expiresAt = await transaction(database.control, async (on) => {
    const expires = await insertSignInLink(on, { hash: hashToken(token), account: operator, madeBy: actor.key, lifetimeS });
    await insertAudit(on, actor, { subject: accountKey(operator), before: null, after: { link_expires_at: expires.toISOString() } });
    return expires;
  });
  return { url: `${publicUrl}${signInPath}#${token}`, expiresAt };
}

/** The token of the new session is in this answer and nowhere else. */
export async function signIn(database: Database, linkToken: string, route: string): Promise<{ token: string; session: Session }> {
  const token = makeToken();
  const hash = hashToken(token);
  const record = await transaction(database.control, async (on) => {
    const account = await useSignInLink(on, hashToken(linkToken));
    // Not thrown: a link that is over goes, even so.
    if (account === null) return null;
    await insertSession(on, hash, account, sessionLifetime);
    const key = accountKey(account);
    await insertAudit(on, { key, route }, { subject: key, before: null, after: { signed_in: true } });
    return (await usableSession(on, hash)) as SessionRecord;
  });
  if (!record) throw new Problem("invalid_link", "A link works once, and not for long; `npm run link` prints another one.");
  return { token, session: sessionOf(hash, record) };
}

export async function signOut(database: Database, { hash }: Session, actor: Actor): Promise<void> {
  await transaction(database.control, async (on) => {
    if (!(await deleteSession(on, hash))) return;
    await insertAudit(on, actor, { subject: actor.key, before: { signed_in: true }, after: null });
  });
}

/** What somebody does who fears that another is signed in. */
export async function signOutEverywhere(database: Database, actor: Actor): Promise<void> {
  await transaction(database.control, async (on) => {
    const sessions = await deleteAllSessions(on);
    await insertAudit(on, actor, { subject: accountKey(operator), before: { sessions }, after: null });
  });
}

const makeToken = (): string => randomBytes(tokenBytes).toString("base64url");

export function sessionOf(hash: Buffer, { account: id, name, role, expires_at: expiresAt }: SessionRecord): Session {
  return { hash, account: { id, name, role }, expiresAt };
}

/** How an account is named where a key's id could stand. */
export const accountKey = (id: string): string => `account:${id}`;
