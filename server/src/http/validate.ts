// Checks what comes in against a route's schemas. Nothing is coerced but the text of a query or path into the number or
// truth value that its schema asks for, and only where it is spelled as one.
import { Compile } from "typebox/compile";
import type { TProperties, TSchema } from "typebox";

type Checked = { value: unknown } | { error: unknown };

export type Part = { schema: TSchema; httpPart?: string | undefined };

export function compileValidator({ schema, httpPart }: Part): (value: unknown) => Checked {
  const compiled = Compile(schema);
  const { properties } = schema as { properties?: TProperties };
  return (value) => {
    const given = httpPart === "body" ? value : spelledOut(properties ?? {}, value as Record<string, unknown>);
    return compiled.Check(given) ? { value: given } : { error: compiled.Errors(given) };
  };
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
