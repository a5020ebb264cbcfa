// Steps over parts of a JSON text without judging them: right for valid text, harmless for any other.

export const codes = {
  space: 0x20,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

export function isSpace(code: number): boolean {
  return code === codes.space || code === 0x0a || code === 0x0d || code === 0x09;
}

/** The first place from `at` on that is not white space. */
export function afterSpace(text: string, at: number): number {
  let next = at;
  while (isSpace(text.charCodeAt(next))) next++;
  return next;
}

/** The place after the string that opens at `at`. */
export function afterString(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end + 1;
}

/** The comma or closing bracket that follows the value at `at`, or the text's end. */
export function endOfValue(text: string, at: number): number {
  let depth = 0;
  let next = at;
  while (next < text.length) {
    const code = text.charCodeAt(next);
    if (code === codes.quote) {
      next = afterString(text, next);
      continue;
    }
    if (code === codes.openBrace || code === codes.openBracket) depth++;
    else if (depth === 0 && endsValue(code)) return next;
    else if (code === codes.closeBrace || code === codes.closeBracket) depth--;
    next++;
  }
  return text.length;
}

/** All tokens of the value at `start` in their order and spelling, with nothing between them. */
export function compactValue(text: string, start: number): string {
  let compacted = "";
  let depth = 0;
  let from = start;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === codes.quote) at = afterString(text, at);
    else if (code <= codes.space) {
      compacted += text.slice(from, at);
      from = at = afterSpace(text, at);
    } else {
      if (code === codes.openBrace || code === codes.openBracket) depth++;
      else if (depth === 0 && endsValue(code)) break;
      else if (code === codes.closeBrace || code === codes.closeBracket) depth--;
      at++;
    }
  }
  return compacted + text.slice(from, at);
}

function endsValue(code: number): boolean {
  return code === codes.comma || code === codes.closeBrace || code === codes.closeBracket;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === codes.backslash) before--;
  return (at - before) % 2 === 0;
}
