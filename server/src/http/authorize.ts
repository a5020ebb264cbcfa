// Who calls and what they may do. Keys are looked up by hash; the lookup caches, so a publish costs no statement here.
import type { FastifyRequest } from "fastify";
import type { Scope } from "@bellhop/contract/route";
import { Problem } from "../domain/problem.ts";
import type { Caller } from "./handler.ts";

/** Finds the caller of a token, null when there is none, it was deleted, or has expired. */
export type FindKey = (token: string) => Promise<Caller | null>;

export async function authorize(request: FastifyRequest, scope: Scope, findKey: FindKey): Promise<Caller> {
  const token = bearerToken(request.headers.authorization);
  if (token === null) throw new Problem("unauthorized", "Send a key as `Authorization: Bearer <key>`.");
  const caller = await findKey(token);
  if (!caller) throw new Problem("unauthorized", "The key is not known, was deleted, or has expired.");
  if (!mayUse(caller, scope)) throw new Problem("forbidden", `This route needs a key with the scope \`${scope}\`.`);
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
