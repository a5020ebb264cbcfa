// One line of a publish, from bytes to a checked value. The item is kept as the publisher's own tokens.
import { createHash } from "node:crypto";
import { Compile } from "typebox/compile";
import type { Static } from "typebox";
import { depthMax, PublishSchema } from "@bellhop/contract/events";
import { mistakesFrom } from "../domain/mistakes.ts";
import { Problem } from "../domain/problem.ts";
import { memberText, readJson } from "./json-scan.ts";

/** What a publisher asked for, checked, before it is known whom it concerns. */
export type Publish = {
  readonly workspace: string;
  readonly topic: string;
  readonly item: string;
  readonly createdAtMs: number | null;
  readonly objectId: string | null;
  readonly orderingKey: string | null;
  readonly traceparent: string | null;
  readonly idempotency: { readonly key: string; readonly hash: Buffer } | null;
};

const publish = Compile(PublishSchema);

/** Throws a Problem that lists every mistake. `key` is the header `Idempotency-Key`, where there is one. */
export function readEvent(bytes: Buffer, itemBytesMax: number, key: string | null): Publish {
  const read = readJson(bytes, { depthMax });
  if (!read.ok) throw new Problem("invalid_json", undefined, read.mistakes);
  if (!publish.Check(read.value)) throw new Problem("invalid_request", undefined, mistakesFrom(publish.Errors(read.value)));
  const body = read.value as Static<typeof PublishSchema>;
  const item = memberText(read.text, "item") as string;
  const itemBytes = Buffer.byteLength(item);
  if (itemBytes > itemBytesMax)
    throw new Problem("payload_too_large", `The item has ${itemBytes} bytes; at most ${itemBytesMax} are taken.`);
  if (key !== null && body.idempotency_key !== undefined && key !== body.idempotency_key) {
    throw new Problem("invalid_request", undefined, [{ pointer: "/idempotency_key", message: "differs from the header Idempotency-Key" }]);
  }
  const content = {
    topic: body.topic,
    item,
    createdAtMs: body.created_at === undefined ? null : body.created_at * 1000,
    objectId: body.object_id ?? objectIdOf(item, body.item),
    orderingKey: body.ordering_key ?? null,
    traceparent: body.traceparent ?? null,
  };
  const usedKey = body.idempotency_key ?? key;
  return { workspace: body.workspace_id, ...content, idempotency: usedKey === null ? null : { key: usedKey, hash: hashOf(content) } };
}

const objectIdLengthMax = 255;

/** `item.id` as text; a number in the publisher's own digits. */
function objectIdOf(itemText: string, item: object): string | null {
  const { id } = item as { id?: unknown };
  const text = typeof id === "string" ? id : typeof id === "number" ? memberText(itemText, "id") : null;
  return text !== null && text.length > 0 && text.length <= objectIdLengthMax ? text : null;
}

/** Two publishes with one key are the same when all of this is. A key is the workspace's, which has more than one name. */
function hashOf(content: Omit<Publish, "idempotency" | "workspace">): Buffer {
  return createHash("sha256").update(JSON.stringify(content)).digest();
}
