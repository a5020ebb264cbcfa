// The items that the benchmark publishes. Each carries the time at which it was due, so that what is late because the
// sender of the load had to wait counts as late.

const marker = '"due":"';
const dueCharacters = 16;
const words = "ticket reply teammate customer billing refund invoice shipping account password update email thanks please order".split(" ");

/** Text that does not compress like a single letter would. */
const prose = Array.from({ length: 4_000 }, (_, index) => words[(index * 7 + ((index * index) % 13)) % words.length]).join(" ");

export function itemText(number: number, dueMs: number, bytes: number): string {
  const due = dueMs.toFixed(3).padStart(dueCharacters, "0");
  const head = `{"type":"ticket","id":"${number}",${marker}${due}","ticket_state":"submitted","text":"`;
  const at = (number * 31) % 1_000;
  return `${head}${prose.slice(at, at + bytes - head.length - 2)}"}`;
}

/** When the item inside a body was due, on the clock that all processes share. */
export function dueOf(body: Buffer): number | null {
  const at = body.indexOf(marker);
  return at === -1 ? null : Number(body.toString("latin1", at + marker.length, at + marker.length + dueCharacters));
}
