// Who calls and what they may do: by a key, or by the session of the hub. Both are looked up by hash; the lookups cache, so a
// publish costs no statement here.
import type { FastifyRequest } from "fastify";
import type { Scope } from "@bellhop/contract/route";
import { Problem } from "../domain/problem.ts";
import type { Caller } from "./handler.ts";
import { crossSite, siteOf } from "./session-origin.ts";
import type { Sessions } from "./sessions.ts";

/** Finds the caller of a token, null when there is none, it was deleted, or has expired. */
export type FindKey = (token: string) => Promise<Caller | null>;

export async function authorize(request: FastifyRequest, scope: Scope, findKey: FindKey, sessions?: Sessions): Promise<Caller> {
  const { authorization, cookie } = request.headers;
  // Whoever sends a key means it, whatever the browser adds.
  const session = authorization === undefined ? sessions?.cookie.read(cookie) : null;
  const caller = sessions && session ? await callerBySession(request, session, sessions) : await callerByKey(authorization, findKey);
  if (!mayUse(caller, scope)) throw new Problem("forbidden", `This route needs a key with the scope \`${scope}\`.`);
  return caller;
}

async function callerByKey(authorization: string | undefined, findKey: FindKey): Promise<Caller> {
  const token = bearerToken(authorization);
  if (token === null) throw new Problem("unauthorized", "Send a key as `Authorization: Bearer <key>`.");
  const caller = await findKey(token);
  if (!caller) throw new Problem("unauthorized", "The key is not known, was deleted, or has expired.");
  return caller;
}

const safeMethods = new Set(["GET", "HEAD"]);

async function callerBySession({ method, headers }: FastifyRequest, token: string, { find, publicUrl }: Sessions): Promise<Caller> {
  if (!safeMethods.has(method) && siteOf((name) => headers[name], publicUrl) !== "own") throw crossSite();
  const caller = await find(token);
  if (!caller) throw new Problem("unauthorized", "The session is over; `npm run link` prints a link to sign in.");
  return caller;
}

export function bearerToken(header: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? null;
}

/** `admin` may do everything; whoever manages may also read. */
export function mayUse(caller: Caller, scope: Scope): boolean {
  if (caller.scopes.includes("admin") || caller.scopes.includes(scope)) return true;
  return scope === "read" && caller.scopes.includes("manage");
}
