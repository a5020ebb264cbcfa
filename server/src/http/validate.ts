// Checks what comes in against a route's schemas. Nothing is coerced but the text of a query or path into the number or
// truth value that its schema asks for, and only where it is spelled as one. Text that could not be stored is refused here
// for every query and path; bodies are scanned by their own reader.
import { Compile } from "typebox/compile";
import type { TProperties, TSchema } from "typebox";
import type { SchemaError } from "../domain/mistakes.ts";
import { ofItsKind } from "./validate-alternatives.ts";
import type { Found } from "./validate-alternatives.ts";

/** The keyword of the error for text that no string of ours can have. */
export const unstorable = "unstorable";

type Checked = { value: unknown } | { error: unknown };

export type Part = { schema: TSchema; httpPart?: string | undefined };

export function compileValidator({ schema, httpPart }: Part): (value: unknown) => Checked {
  const compiled = Compile(schema);
  const { properties } = schema as { properties?: TProperties };
  return (value) => {
    if (httpPart === "body") return compiled.Check(value) ? { value } : { error: inWords(schema, compiled.Errors(value)) };
    const error = unstorableText(value as Record<string, unknown>);
    if (error.length > 0) return { error };
    const given = spelledOut(properties ?? {}, value as Record<string, unknown>);
    return compiled.Check(given) ? { value: given } : { error: inWords(schema, compiled.Errors(given)) };
  };
}

/** Nobody reads a regular expression: what has one says in its description what it must be. Text of a wrong length hears of that alone. */
function inWords(schema: TSchema, found: readonly Found[]): SchemaError[] {
  const errors = ofItsKind(found);
  const ofLength = new Set(errors.filter(({ keyword }) => /^(min|max)Length$/.test(keyword)).map(({ instancePath }) => instancePath));
  const told = errors.filter(({ keyword, instancePath }) => keyword !== "pattern" || !ofLength.has(instancePath));
  return told.map((error) => {
    const description = error.keyword === "pattern" ? descriptionAt(schema, error.schemaPath) : undefined;
    return description === undefined ? error : { ...error, message: `must be ${firstPart(description)}` };
  });
}

function descriptionAt(schema: TSchema, path: string): string | undefined {
  const names = path.split("/").slice(1);
  const found = names.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], schema);
  return (found as { description?: string } | undefined)?.description;
}

/** `A key's id. Made by us.` as the end of a sentence: `a key's id`. */
function firstPart(description: string): string {
  const part = (description.split(/\.( |$)/)[0] as string).replaceAll("`", "");
  return part.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
}

function unstorableText(given: Record<string, unknown>): SchemaError[] {
  return Object.entries(given)
    .filter(([, value]) => [value].flat().some((text) => typeof text === "string" && (text.includes("\0") || !text.isWellFormed())))
    .map(([name]) => ({
      keyword: unstorable,
      instancePath: `/${name}`,
      message: "must not contain U+0000 or half of a surrogate pair",
      params: {},
    }));
}

/** Names in a query whose percent-encoding is not that of UTF-8 text; the parser would take it as written. */
export function undecodable(url: string): string[] {
  if (!url.includes("?")) return [];
  return url
    .slice(url.indexOf("?") + 1)
    .split("&")
    .filter((pair) => !isDecodable(pair))
    .map((pair) => pair.split("=")[0] ?? "");
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function spelledOut(properties: TProperties, given: Record<string, unknown>): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const { type } = (properties[name] ?? {}) as { type?: string };
    read[name] = typeof value === "string" ? spelled(type, value) : value;
  }
  return read;
}

function spelled(type: string | undefined, text: string): unknown {
  if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}
