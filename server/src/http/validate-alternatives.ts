// What fits none of a schema's alternatives (`anyOf`) is told what is wrong by those of its own kind, a name or an object, and
// not by all of them; where none is of its kind, one sentence names them all.
import type { SchemaError } from "../domain/mistakes.ts";

export type Found = SchemaError & { readonly schemaPath: string };

/** An alternative within an alternative comes first, and then counts as the outer one's. */
export function ofItsKind(errors: readonly Found[]): readonly Found[] {
  return errors.filter(({ keyword }) => keyword === "anyOf").reduce(settle, errors);
}

function settle(errors: readonly Found[], union: Found): readonly Found[] {
  const prefix = `${union.schemaPath}/anyOf/`;
  const isOf = ({ schemaPath, instancePath }: Found): boolean =>
    schemaPath.startsWith(prefix) && `${instancePath}/`.startsWith(`${union.instancePath}/`);
  const alternative = ({ schemaPath }: Found): string => schemaPath.slice(prefix.length).split("/")[0] ?? "";
  const alternatives = [...Map.groupBy(errors.filter(isOf), alternative)];
  const ofKind = alternatives.flatMap(([index, own]) => (own.some((error) => isOtherKind(error, prefix + index)) ? [] : own));
  const told = ofKind.length === 0 ? [noneOf(union, alternatives)] : asOne(union, ofKind);
  return errors.flatMap((error) => (error === union ? told : isOf(error) ? [] : [error]));
}

const isOtherKind = ({ keyword, schemaPath }: Found, path: string): boolean => keyword === "type" && schemaPath === path;

type Params = { readonly allowedValue?: unknown; readonly type?: string };

function noneOf(union: Found, alternatives: readonly [string, readonly Found[]][]): Found {
  const wanted = alternatives.map(([, own]) => {
    const { allowedValue, type } = Object.assign({}, ...own.map(({ params }) => params)) as Params;
    return allowedValue === undefined ? type : JSON.stringify(allowedValue);
  });
  const type = [...new Set(wanted)].join(" or ");
  return { ...union, keyword: "type", params: { type }, message: `must be ${type}` };
}

/** Several names of which it is none are one list. */
function asOne(union: Found, errors: readonly Found[]): readonly Found[] {
  if (errors.length === 1 || errors.some(({ keyword }) => keyword !== "const")) return errors;
  const allowedValues = errors.map(({ params }) => (params as Params).allowedValue);
  return [{ ...union, keyword: "enum", params: { allowedValues } }];
}
