// The tokens that carry values: strings, numbers and the three words. Each reader moves the cursor past its token, or
// leaves a failure with the place and what was expected there.
import { codes } from "./json-scan-skip.ts";

/** `tooDeep` is a failure that is not of the grammar. */
export type Failure = { at: number; expected: string; tooDeep: boolean };

/** `escaped` belongs to the last string; `nul` and `lone` stay set until somebody clears them. */
export type Cursor = { text: string; at: number; failure: Failure | null; escaped: boolean; nul: boolean; lone: boolean };

const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const words = ["true", "false", "null"];
const shortEscapes = '"\\/bfnrt';

/** True when a whole string, number or word was read. */
export function readScalar(cursor: Cursor): boolean {
  const code = cursor.text.charCodeAt(cursor.at);
  if (code === codes.quote) return readString(cursor);
  if (code === minus || (code >= zero && code <= nine)) return readNumber(cursor);
  const word = words.find((each) => cursor.text.startsWith(each, cursor.at));
  if (word === undefined) return failAt(cursor, cursor.at, "a value");
  cursor.at += word.length;
  return true;
}

export function readString(cursor: Cursor): boolean {
  const { text } = cursor;
  cursor.escaped = false;
  let at = cursor.at + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === codes.quote) break;
    if (code === codes.backslash) {
      at = afterEscape(cursor, at);
      if (at === -1) return false;
    } else if (code >= codes.space) at++;
    else return failAt(cursor, at, "the rest of a string, control characters escaped,");
  }
  cursor.at = at + 1;
  return true;
}

function afterEscape(cursor: Cursor, at: number): number {
  cursor.escaped = true;
  const letter = cursor.text[at + 1];
  if (letter === "u") return afterUnicodeEscape(cursor, at);
  if (letter !== undefined && shortEscapes.includes(letter)) return at + 2;
  failAt(cursor, at + 1, 'one of "\\/bfnrtu after a backslash');
  return -1;
}

/** Raw characters come from checked UTF-8: halves of pairs and U+0000 can only be written as escapes. */
function afterUnicodeEscape(cursor: Cursor, at: number): number {
  const unit = hexUnit(cursor.text, at + 2);
  if (unit === -1) {
    failAt(cursor, at + 2, "four hexadecimal digits after \\u");
    return -1;
  }
  if (unit === 0) cursor.nul = true;
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  const isPair = unit < 0xdc00 && cursor.text.startsWith("\\u", at + 6) && isLowHalf(hexUnit(cursor.text, at + 8));
  if (isPair) return at + 12;
  cursor.lone = true;
  return at + 6;
}

function isLowHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The number that four hexadecimal digits write, or -1. */
function hexUnit(text: string, at: number): number {
  let unit = 0;
  for (let place = at; place < at + 4; place++) {
    const digit = hexDigit(text.charCodeAt(place));
    if (digit === -1) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

function hexDigit(code: number): number {
  if (code >= zero && code <= nine) return code - zero;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function readNumber(cursor: Cursor): boolean {
  const { text } = cursor;
  let at = text.charCodeAt(cursor.at) === minus ? cursor.at + 1 : cursor.at;
  const isZero = text.charCodeAt(at) === zero;
  at = isZero ? at + 1 : afterDigits(cursor, at);
  if (at !== -1 && text[at] === ".") at = afterDigits(cursor, at + 1);
  if (at !== -1 && (text[at] === "e" || text[at] === "E")) {
    at = afterDigits(cursor, text[at + 1] === "+" || text[at + 1] === "-" ? at + 2 : at + 1);
  }
  if (at === -1) return false;
  cursor.at = at;
  return true;
}

/** The place after one digit or more, or -1. */
function afterDigits(cursor: Cursor, start: number): number {
  let at = start;
  for (;;) {
    const code = cursor.text.charCodeAt(at);
    if (!(code >= zero && code <= nine)) break;
    at++;
  }
  if (at > start) return at;
  failAt(cursor, start, "a digit");
  return -1;
}

function failAt(cursor: Cursor, at: number, expected: string): false {
  cursor.failure = { at, expected, tooDeep: false };
  return false;
}

/** A sentence with line and column (from 1, in UTF-16 units as editors count) and the byte's offset (from 0). */
export function describeFailure(text: string, failure: Failure): string {
  const before = text.slice(0, failure.at);
  const column = failure.at - before.lastIndexOf("\n");
  const place = `line ${lineFeeds(before) + 1}, column ${column} (byte ${Buffer.byteLength(before)})`;
  return `Expected ${failure.expected} but found ${found(text, failure.at)} at ${place}.`;
}

function lineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function found(text: string, at: number): string {
  const point = text.codePointAt(at);
  if (point === undefined) return "the end of the text";
  if (point < codes.space) return `the control character U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  return `"${String.fromCodePoint(point)}"`;
}
