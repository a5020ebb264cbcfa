// Rows of sign-in links and sessions. Only the SHA-256 of a token is kept; times are the database's.
import { one, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type NewSignInLink = { hash: Buffer; account: string; madeBy: string; lifetimeS: number };

/** Drops what nobody can use any more. */
export async function insertSignInLink(on: Connection, link: NewSignInLink): Promise<Date> {
  const { hash, account, madeBy, lifetimeS } = link;
  const made = await one<{ expires_at: Date }>(
    on,
    sql`with old as (delete from sign_in_link where expires_at < now())
        insert into sign_in_link (hash, account, made_by, expires_at)
        values (${hash}, ${account}, ${madeBy}, now() + make_interval(secs => ${lifetimeS})) returning expires_at`,
  );
  return (made as { expires_at: Date }).expires_at;
}

export async function deleteSignInLinksBy(on: Connection, madeBy: string): Promise<void> {
  await run(on, sql`delete from sign_in_link where made_by = ${madeBy}`);
}

/** The link's account; whoever deletes the row has used it, and nobody else. */
export async function useSignInLink(on: Connection, hash: Buffer): Promise<string | null> {
  const used = await one<{ account: string; usable: boolean }>(
    on,
    sql`delete from sign_in_link where hash = ${hash} returning account, expires_at > now() as usable`,
  );
  return used?.usable ? used.account : null;
}

/** In seconds: without use, and from its beginning. */
export type SessionLifetime = { readonly idleS: number; readonly wholeS: number };

/** Drops sessions that are over. */
export async function insertSession(on: Connection, hash: Buffer, account: string, { idleS, wholeS }: SessionLifetime): Promise<void> {
  await run(
    on,
    sql`with old as (delete from session where expires_at < now())
        insert into session (hash, account, expires_at) values (${hash}, ${account}, now() + make_interval(secs => ${Math.min(idleS, wholeS)}))`,
  );
}

export type SessionRecord = {
  account: string;
  name: string;
  role: "operator";
  expires_at: Date;
  /** By the database's clock. */
  expires_in_ms: number;
  seen_ago_ms: number;
};

export function usableSession(on: Connection, hash: Buffer): Promise<SessionRecord | undefined> {
  return one<SessionRecord>(
    on,
    sql`select s.account, a.name, a.role, s.expires_at,
          (extract(epoch from s.expires_at - now()) * 1000)::float8 as expires_in_ms,
          (extract(epoch from now() - s.seen_at) * 1000)::float8 as seen_ago_ms
        from session s join account a on a.id = s.account where s.hash = ${hash} and s.expires_at > now()`,
  );
}

/** Used now; gives when it ends. A session that ended meanwhile stays ended. */
export function touchSession(on: Connection, hash: Buffer, { idleS, wholeS }: SessionLifetime): Promise<{ expires_at: Date } | undefined> {
  return one<{ expires_at: Date }>(
    on,
    sql`update session set seen_at = now(),
          expires_at = least(now() + make_interval(secs => ${idleS}), created_at + make_interval(secs => ${wholeS}))
        where hash = ${hash} and expires_at > now() returning expires_at`,
  );
}

/** False when there is none any more. */
export async function deleteSession(on: Connection, hash: Buffer): Promise<boolean> {
  return (await run(on, sql`delete from session where hash = ${hash}`)) > 0;
}

/** Every session, and every link that could begin one; gives how many sessions there were. */
export async function deleteAllSessions(on: Connection): Promise<number> {
  await run(on, sql`delete from sign_in_link`);
  return run(on, sql`delete from session`);
}
