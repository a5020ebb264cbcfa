// Order is kept per slot, not per key: 256 slots bound what the engine must remember of a subscription, however many
// keys its events have. Keys that share a slot wait for each other. Workspaces have keys of their own: "1" of one is not "1" of another.
import { createHash } from "node:crypto";

/** The order slot of a workspace's ordering key, 0 to 255. It is stored, so it never changes for a key. */
export function slotOf(workspace: number, orderingKey: string): number {
  return createHash("sha256").update(`${workspace} ${orderingKey}`).digest()[0] as number;
}
