// Steps over parts of a JSON text in bytes, before it is known to be UTF-8. Brackets, quotes and commas are single bytes
// there and part of no other character.
import { codes, isSpace } from "./json-scan-skip.ts";

export function afterSpaceBytes(bytes: Buffer, start: number): number {
  let at = start;
  while (isSpace(bytes[at] ?? 0)) at++;
  return at;
}

/** The comma or closing bracket that follows the element at `start`, or the end. */
export function endOfElement(bytes: Buffer, start: number): number {
  let depth = 0;
  let at = start;
  while (at < bytes.length) {
    const code = bytes[at] as number;
    if (code === codes.quote) at = lastOfString(bytes, at);
    else if (code === codes.openBrace || code === codes.openBracket) depth++;
    else if (depth === 0 && (code === codes.comma || code === codes.closeBrace || code === codes.closeBracket)) return at;
    else if (code === codes.closeBrace || code === codes.closeBracket) depth--;
    at++;
  }
  return bytes.length;
}

/** The closing quote of the string that opens at `start`. */
function lastOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== codes.quote) at += bytes[at] === codes.backslash ? 2 : 1;
  return at;
}
