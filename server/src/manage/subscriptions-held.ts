// How many notifications are held for a subscription: counted one by one as far as people care for the number, estimated
// from the index beyond.
import { subscriptionLimits } from "@bellhop/contract/subscriptions";
import type { Held } from "@bellhop/contract/subscriptions";
import { estimateHeld } from "../domain/held-estimate.ts";
import { madeAtMs } from "../domain/id.ts";
import type { Database } from "../store/database.ts";
import { countHeld, sampleHeld } from "../store/subscriptions-held.ts";

export type HeldDeps = { readonly database: Database; readonly holdDays: number };

const countedMax = subscriptionLimits.heldCountedMax;
/** Stretches of its time, and entries of the index read in each, which are quick to read. */
const slices = 512;
const sampledMax = 200;
const dayMs = 24 * 3_600_000;

export async function heldFor({ database, holdDays }: HeldDeps, subscription: number): Promise<Held> {
  const { count, oldest } = await countHeld(database.read, subscription, countedMax + 1);
  const exact = count <= countedMax;
  const about = exact ? count : estimateHeld(await sampleHeld(database.read, subscription, slices, sampledMax));
  const endsMs = oldest === null ? null : madeAtMs(oldest) + holdDays * dayMs;
  return {
    // What is drained between the two questions must not make it look like few.
    count: exact ? count : Math.max(about, count),
    exact,
    oldest_held_ends_at: endsMs === null ? null : new Date(endsMs).toISOString(),
  };
}
