// JSON as it was typed: numbers keep their spelling on their way to the endpoint (`1.0`, integers beyond 2^53), where the
// browser can do that.
type Context = { readonly source?: string };
type RawJson = { rawJSON?: (text: string) => unknown };

/** The object, or what is wrong with the text. */
export function readObject(text: string): { ok: true; value: Record<string, unknown> } | { ok: false; message: string } {
  try {
    const value: unknown = JSON.parse(text, keepNumbers);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return { ok: false, message: "An item is a JSON object: { … }." };
    return { ok: true, value: value as Record<string, unknown> };
  } catch (error) {
    return { ok: false, message: `This is not JSON: ${(error as Error).message}` };
  }
}

function keepNumbers(_: string, value: unknown, context?: Context): unknown {
  const { rawJSON } = JSON as RawJson;
  return typeof value === "number" && context?.source !== undefined && rawJSON ? rawJSON(context.source) : value;
}
