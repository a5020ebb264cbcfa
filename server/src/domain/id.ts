// Ids are UUIDs of version 7. An event's id ends in 14 zero bits and the notifications it makes count them up, so the
// notifications of an event are the ids that follow its own, and an id opens exactly one day's partition.
import { createHash } from "node:crypto";

/** Notifications one event may make; must fit the 14 low bits of an id. */
export const fanOutMax = 10_000;

const indexBits = 0x3fff;

/** A new event id. `random` is 10 fresh bytes, `nowMs` database time; `sequence` (0..4095) orders ids of one millisecond. */
export function eventId(nowMs: number, sequence: number, random: Uint8Array): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | (sequence & 0xfff), 6);
  bytes.set(random.subarray(0, 6), 8);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  return formatId(bytes);
}

/** The id of the `index`th notification (from 1) of an event. */
export function notificationId(event: string, index: number): string {
  const tail = (parseInt(event.slice(32), 16) & ~indexBits) | index;
  return event.slice(0, 32) + tail.toString(16).padStart(4, "0");
}

/** The event that made a notification. */
export function eventOf(notification: string): string {
  return notificationId(notification, 0);
}

/** Milliseconds since 1970 at which an id was made. */
export function madeAtMs(id: string): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The smallest id of a moment: a bound for reading and for partitions. */
export function firstIdAt(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** The id that follows: what is below it and not below the other is that one alone. */
export function nextId(id: string): string {
  const next = (BigInt(`0x${id.replaceAll("-", "")}`) + 1n) & ((1n << 128n) - 1n);
  return formatId(Buffer.from(next.toString(16).padStart(32, "0"), "hex"));
}

export function idBytes(id: string): Buffer {
  const bytes = Buffer.alloc(16);
  writeId(bytes, 0, id);
  return bytes;
}

/** The same where they are needed. */
export function writeId(into: Uint8Array, at: number, id: string): void {
  let [byte, from] = [at, 0];
  while (from < id.length) {
    into[byte++] = (nibble(id.charCodeAt(from)) << 4) | nibble(id.charCodeAt(from + 1));
    from += id.charCodeAt(from + 2) === dash ? 3 : 2;
  }
}

const dash = 45;
/** Of a lower-case hexadecimal digit. */
const nibble = (code: number): number => (code < 58 ? code - 48 : code - 87);

export function formatId(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads a public id such as `notif_…`; null when it is not one. */
export function parseId(prefix: "evt_" | "notif_", text: string): string | null {
  const id = text.slice(prefix.length);
  return text.startsWith(prefix) && uuid.test(id) ? id : null;
}

/** The logical shard of a subscription, 0 to 255: a hash of its public id. */
export function shardOf(subscriptionId: string): number {
  return createHash("sha256").update(subscriptionId).digest()[0] as number;
}
