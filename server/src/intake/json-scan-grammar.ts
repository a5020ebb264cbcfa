// One pass over a JSON text, without recursion: the grammar of RFC 8259 and what we ask beyond it. A mistake in the
// grammar is answered alone, with its place; the others are collected, each with a JSON pointer.
import type { Mistake } from "@bellhop/contract/problems";
import { pointerTo } from "./json-scan-pointer.ts";
import { codes, isSpace } from "./json-scan-skip.ts";
import { describeFailure, readScalar, readString } from "./json-scan-token.ts";
import type { Cursor } from "./json-scan-token.ts";

const mistakesMax = 20;

/** An open object or array. `name` is the token of the current member and `names` those seen, when mistakes are listed. */
export type Frame = { isObject: boolean; names: Set<string> | null; name: string; index: number };

type Scan = Cursor & { frames: Frame[]; depthMax: number; members: number; sound: boolean; mistakes: Mistake[] | null };

/** Whether the text is free of mistakes but for repeated names, and how many members its objects have. */
export function check(text: string, depthMax: number): { sound: boolean; members: number } {
  const state = scan(text, depthMax, null);
  return { sound: state.sound && state.failure === null, members: state.members };
}

/** Every mistake in the text, repeated names too. Depth counts objects and arrays around a value. */
export function findMistakes(text: string, depthMax: number): Mistake[] {
  const mistakes: Mistake[] = [];
  const state = scan(text, depthMax, mistakes);
  if (state.failure === null) return mistakes;
  return [state.failure.tooDeep ? tooDeep(state) : { pointer: "", message: describeFailure(text, state.failure) }];
}

/** Walks the text to its end or the first failure. Names are looked at only when mistakes are to be listed. */
function scan(text: string, depthMax: number, mistakes: Mistake[] | null): Scan {
  const cursor: Cursor = { text, at: 0, failure: null, escaped: false, nul: false, lone: false };
  const state: Scan = { ...cursor, frames: [], depthMax, members: 0, sound: true, mistakes };
  while (state.failure === null) {
    skipSpace(state);
    const complete = beginValue(state);
    if (complete && !moveOn(state)) break;
  }
  return state;
}

/** Reads a scalar or an empty container whole (true), or opens a container up to its first value. */
function beginValue(state: Scan): boolean {
  const code = state.text.charCodeAt(state.at);
  if (code === codes.openBrace) return open(state, true, codes.closeBrace);
  if (code === codes.openBracket) return open(state, false, codes.closeBracket);
  const read = readScalar(state);
  if (state.nul || state.lone) noteString(state);
  return read;
}

function open(state: Scan, isObject: boolean, closing: number): boolean {
  if (state.frames.length >= state.depthMax) {
    state.failure = { at: state.at, expected: "", tooDeep: true };
    return false;
  }
  state.at++;
  skipSpace(state);
  if (state.text.charCodeAt(state.at) === closing) {
    state.at++;
    return true;
  }
  state.frames.push({ isObject, names: isObject && state.mistakes ? new Set() : null, name: "", index: 0 });
  if (isObject) readName(state);
  return false;
}

/** After a whole value: closes what ends here; false at the text's end or a failure, true where another value follows. */
function moveOn(state: Scan): boolean {
  for (;;) {
    skipSpace(state);
    const frame = state.frames.at(-1);
    if (!frame) return atEnd(state);
    const code = state.text.charCodeAt(state.at);
    const closing = frame.isObject ? codes.closeBrace : codes.closeBracket;
    if (code !== codes.comma && code !== closing) return fail(state, frame.isObject ? '"," or "}"' : '"," or "]"');
    state.at++;
    if (code === codes.comma) return nextMember(state, frame);
    state.frames.pop();
  }
}

function nextMember(state: Scan, frame: Frame): boolean {
  frame.index++;
  if (!frame.isObject) return true;
  skipSpace(state);
  return readName(state);
}

/** Reads a member's name and its colon. */
function readName(state: Scan): boolean {
  const start = state.at;
  if (state.text.charCodeAt(start) !== codes.quote) return fail(state, "a member's name in double quotes");
  if (!readString(state)) return false;
  state.members++;
  if (state.mistakes) noteName(state, state.text.slice(start, state.at));
  if (state.nul || state.lone) noteString(state);
  skipSpace(state);
  if (state.text.charCodeAt(state.at) !== codes.colon) return fail(state, '":"');
  state.at++;
  return true;
}

function noteName(state: Scan, token: string): void {
  const frame = state.frames.at(-1) as Frame & { names: Set<string> };
  frame.name = token;
  const name = state.escaped ? (JSON.parse(token) as string) : token.slice(1, -1);
  const before = frame.names.size;
  if (frame.names.add(name).size === before) note(state, "The name is there twice in one object.");
}

function noteString(state: Scan): void {
  if (state.nul) note(state, "The text has the character U+0000, which cannot be stored.");
  if (state.lone) note(state, "The text has half of a surrogate pair, which is not a character.");
  state.nul = state.lone = false;
}

function note(state: Scan, message: string): void {
  state.sound = false;
  if (state.mistakes && state.mistakes.length < mistakesMax) state.mistakes.push({ pointer: pointerTo(state.frames), message });
}

function tooDeep(state: Scan): Mistake {
  return { pointer: pointerTo(state.frames), message: `More than ${state.depthMax} objects and arrays lie inside one another.` };
}

function atEnd(state: Scan): boolean {
  if (state.at < state.text.length) fail(state, "nothing more after the value");
  return false;
}

function fail(state: Scan, expected: string): false {
  state.failure = { at: state.at, expected, tooDeep: false };
  return false;
}

function skipSpace(state: Scan): void {
  while (isSpace(state.text.charCodeAt(state.at))) state.at++;
}
