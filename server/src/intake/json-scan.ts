// The strict reader of every JSON body. The text is scanned first (grammar, depth, repeated names, strings that cannot be
// stored), so what `JSON.parse` then builds is bounded and holds nothing that the text does not say once.
//
// A member named `__proto__` is an ordinary own property of what `JSON.parse` builds; it sets no prototype. It stays
// harmless as long as values are checked against closed schemas, spread (which copies own properties) and asked with
// `Object.hasOwn`; never copy them with `Object.assign` or `target[name] = …`, which would call the setter.
import { isUtf8 } from "node:buffer";
import { batchEventsMax, depthMax } from "@bellhop/contract/events";
import type { Mistake } from "@bellhop/contract/problems";
import { afterSpaceBytes, endOfElement } from "./json-scan-bytes.ts";
import { check, findMistakes } from "./json-scan-grammar.ts";
import { afterSpace, afterString, codes, compactValue, endOfValue } from "./json-scan-skip.ts";

const carriageReturn = 0x0d;

export type JsonLimits = { depthMax: number };

/** `text` is the whole body: it keeps the request's content alive, so nothing that lives longer may be sliced from it. */
export type ReadJson = { ok: true; value: unknown; text: string } | { ok: false; code: "invalid_json"; mistakes: Mistake[] };

/** Never throws, whatever the bytes. */
export function readJson(bytes: Buffer, limits: JsonLimits): ReadJson {
  const encoding = encodingMistake(bytes);
  if (encoding !== null) return refusal([{ pointer: "", message: encoding }]);
  const text = bytes.toString("utf8");
  const { sound, members } = check(text, limits.depthMax);
  if (!sound) return refusal(findMistakes(text, limits.depthMax));
  const value: unknown = JSON.parse(text);
  // A name that is there twice leaves one member; counting is several times faster than a set of names for each object.
  if (countMembers(value) < members) return refusal(findMistakes(text, limits.depthMax));
  return { ok: true, value, text };
}

/**
 * The value of a top-level member as its publisher wrote it, without the white space between its tokens; null where
 * there is none. `text` must be what `readJson` accepted. The answer keeps nothing much larger than itself alive.
 */
export function memberText(text: string, name: string): string | null {
  const opening = afterSpace(text, 0);
  if (text.charCodeAt(opening) !== codes.openBrace) return null;
  let at = afterSpace(text, opening + 1);
  while (text.charCodeAt(at) === codes.quote) {
    const nameEnd = afterString(text, at);
    const start = afterSpace(text, nameEnd) + 1;
    if (isName(text.slice(at, nameEnd), name)) return lasting(compactValue(text, start), text);
    at = afterSpace(text, endOfValue(text, start) + 1);
  }
  return null;
}

/**
 * The lines of an NDJSON body, ended by LF or CRLF, each to be read alone; nothing after the last end is no line. Stops
 * one beyond what a batch may have. Lines and elements share the body's memory.
 */
export function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  while (start < bytes.length && lines.length <= batchEventsMax) {
    const feed = bytes.indexOf("\n", start);
    const end = feed === -1 ? bytes.length : feed;
    const hasReturn = end > start && bytes[end - 1] === carriageReturn;
    lines.push(bytes.subarray(start, hasReturn ? end - 1 : end));
    start = end + 1;
  }
  return lines;
}

export type Elements = { ok: true; elements: Buffer[] } | { ok: false; mistakes: Mistake[] };

/**
 * The elements of the array that a body is. What is wrong inside an element is left for its own reading; only a body
 * that cannot be cut is refused here. Stops one beyond what a batch may have, without looking at the rest.
 */
export function elementTexts(bytes: Buffer): Elements {
  const elements: Buffer[] = [];
  const opening = afterSpaceBytes(bytes, 0);
  if (bytes[opening] !== codes.openBracket) return { ok: false, mistakes: batchMistakes(bytes) };
  let end = opening;
  do {
    const start = afterSpaceBytes(bytes, end + 1);
    end = endOfElement(bytes, start);
    const isEmptyArray = end === start && elements.length === 0 && bytes[end] === codes.closeBracket;
    if (end === start && !isEmptyArray) return { ok: false, mistakes: batchMistakes(bytes) };
    if (!isEmptyArray) elements.push(bytes.subarray(start, end));
  } while (bytes[end] === codes.comma && elements.length <= batchEventsMax);
  const isClosed = bytes[end] === codes.closeBracket && afterSpaceBytes(bytes, end + 1) === bytes.length;
  return isClosed || elements.length > batchEventsMax ? { ok: true, elements } : { ok: false, mistakes: batchMistakes(bytes) };
}

function batchMistakes(bytes: Buffer): Mistake[] {
  const read = readJson(bytes, { depthMax: depthMax + 1 });
  return read.ok ? [{ pointer: "", message: "The body is not a JSON array." }] : read.mistakes;
}

function encodingMistake(bytes: Buffer): string | null {
  if (!isUtf8(bytes)) return "The body is not UTF-8.";
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? "The body starts with a byte order mark, which JSON does not have." : null;
}

/** Recursion ends at the depth that was checked. */
function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const element of value) count += countMembers(element);
  else for (const name in value) count += 1 + countMembers(value[name as keyof typeof value]);
  return count;
}

function refusal(mistakes: Mistake[]): ReadJson {
  return { ok: false, code: "invalid_json", mistakes };
}

function isName(token: string, name: string): boolean {
  return token.includes("\\") ? JSON.parse(token) === name : token.length === name.length + 2 && token.startsWith(name, 1);
}

/** A slice refers to the string it was cut from: where that is not mostly the slice itself, a copy is taken. */
function lasting(slice: string, text: string): string {
  return slice.length * 2 > text.length ? slice : Buffer.from(slice).toString();
}
