// Public ids and codes: random, so that they can be neither guessed nor counted.
import { randomInt } from "node:crypto";

export const lowerCase = "abcdefghijklmnopqrstuvwxyz0123456789";
const idLength = 16;

export function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

export function randomId(prefix: "app_" | "brk_" | "key_" | "sub_"): string {
  return prefix + randomText(lowerCase, idLength);
}
