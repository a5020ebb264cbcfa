// What a schema check found, as the mistakes that an answer lists: each with its own pointer and a message that tells what
// would be right.
import type { Mistake } from "@bellhop/contract/problems";

/** An error as JSON Schema checkers report it. */
export type SchemaError = {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string | undefined;
  readonly params: object;
};

type Params = { additionalProperties?: string[]; requiredProperties?: string[]; allowedValue?: unknown; allowedValues?: unknown[] };

export function mistakesFrom(errors: readonly SchemaError[]): Mistake[] {
  const mistakes = errors.flatMap(mistakesOf);
  const told = new Set(mistakes.map(({ pointer, message }) => `${pointer} ${message}`));
  return mistakes.filter(({ pointer, message }) => told.delete(`${pointer} ${message}`));
}

function mistakesOf({ keyword, instancePath, message = "is not valid", params }: SchemaError): Mistake[] {
  const { additionalProperties: unknown, requiredProperties: missing, allowedValue, allowedValues } = params as Params;
  const named = (names: readonly string[], text: string): Mistake[] =>
    names.map((name) => ({ pointer: `${instancePath}/${escaped(name)}`, message: text }));
  if (unknown) return named(unknown, "is not a known field");
  if (missing) return named(missing, "is missing");
  // The first repeats what `additionalProperties` says, the second what the alternatives say each.
  if (keyword === "boolean" || keyword === "anyOf") return [];
  if (keyword === "const") return [{ pointer: instancePath, message: `must be ${JSON.stringify(allowedValue)}` }];
  if (keyword === "enum" && allowedValues)
    return [{ pointer: instancePath, message: `must be one of ${allowedValues.map((each) => JSON.stringify(each)).join(", ")}` }];
  return [{ pointer: instancePath, message }];
}

/** A name as a part of a JSON pointer. */
const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
