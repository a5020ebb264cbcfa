// JSON pointers (RFC 6901) to the place where a scan stands.
import type { Frame } from "./json-scan-grammar.ts";

/** A name can be as long as the body; a pointer in an answer is for reading. */
const segmentCharactersMax = 100;

export function pointerTo(frames: readonly Frame[]): string {
  return frames.map((frame) => `/${frame.isObject ? segment(frame.name) : frame.index}`).join("");
}

function segment(token: string): string {
  const name = JSON.parse(token) as string;
  const shown = name.length > segmentCharactersMax ? `${name.slice(0, segmentCharactersMax)}…` : name;
  return shown.replaceAll("~", "~0").replaceAll("/", "~1");
}
