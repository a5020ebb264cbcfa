// Where a page of the list goes on: below this id. Opaque to callers.
import { formatId, idBytes } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";

const pattern = /^[A-Za-z0-9_-]{21}[AQgw]$/;

export function writeCursor(below: string): string {
  return idBytes(below).toString("base64url");
}

export function readCursor(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!pattern.test(text)) {
    const message = "Send `next_cursor` of the page before, unchanged.";
    throw new Problem("invalid_cursor", message, [{ pointer: "/cursor", message }]);
  }
  return formatId(Buffer.from(text, "base64url"));
}
