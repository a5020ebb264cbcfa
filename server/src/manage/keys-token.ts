// The tokens of keys: made so that a secret scanner can tell one from other text (a fixed start, a checksum at the end),
// and looked up by hash.
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { randomText } from "./random-id.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 190 random bits. */
const randomLength = 32;
/** 62^6 is more than the 2^32 values of a CRC-32. */
const checksumLength = 6;

/** `adm`: may do everything. `wsp`: bound to a workspace. `key`: any other. */
export type KeyKind = "adm" | "wsp" | "key";

export function makeToken(kind: KeyKind): string {
  const start = `bh_${kind}_${randomText(alphabet, randomLength)}`;
  return start + tokenChecksum(start);
}

/** CRC-32 of what stands before it, in six digits of base 62, the highest first. */
export function tokenChecksum(start: string): string {
  let rest = crc32(start);
  let digits = "";
  while (digits.length < checksumLength) {
    digits = alphabet.charAt(rest % alphabet.length) + digits;
    rest = Math.floor(rest / alphabet.length);
  }
  return digits;
}

export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}
