// The access token of an installation: shown once, when it is made, and looked up by its hash.
import { randomBytes } from "node:crypto";
import { hashToken } from "./keys-token.ts";

/** 43 characters of base64url. */
const tokenBytes = 32;

export type AccessToken = { readonly value: string; readonly hash: Buffer };

export function makeAccessToken(): AccessToken {
  const value = randomBytes(tokenBytes).toString("base64url");
  return { value, hash: hashToken(value) };
}
