// Wires publishing: fan-out's rule and the item cache around the intake that makes events durable.
import { randomBytes } from "node:crypto";
import type { Catalogue } from "./domain/catalogue.ts";
import { slotOf } from "./domain/order-slot.ts";
import type { Problem } from "./domain/problem.ts";
import { fanOut, packSkipped } from "./fanout/fan-out.ts";
import { Publisher } from "./intake/publisher.ts";
import type { FanOutFor } from "./intake/publisher.ts";
import { Quotas } from "./intake/quotas.ts";
import { eventsPerMinuteIn } from "./config.ts";
import type { Region } from "./config.ts";
import type { EventRow, NotificationRow } from "./store/publish.ts";
import type { DatabaseClock } from "./store/database-clock.ts";
import type { Database } from "./store/database.ts";
import type { Directory } from "./store/directory.ts";
import { makePartitions } from "./store/partitions.ts";

const pooledBytes = 4_096;

export type PublishingParts = {
  readonly database: Database;
  readonly directory: Directory;
  readonly catalogue: () => Catalogue;
  readonly clock: DatabaseClock;
  readonly regions: ReadonlyMap<string, Region>;
  readonly refusal: () => Problem | null;
  /** Events are about to be written. */
  readonly storing: (events: readonly EventRow[]) => void;
  /** So many events and these notifications are on disk, by that transaction: there is something to send. */
  readonly stored: (events: number, notifications: readonly NotificationRow[], xid: string) => void;
};

export function createPublisher(parts: PublishingParts): Publisher {
  const { database, directory, catalogue, clock } = parts;
  return new Publisher({
    pool: database.publish,
    directory,
    catalogue,
    fanOut: fanOutFor(directory, catalogue),
    quotas: new Quotas((region) => parts.regions.get(region)?.eventsPerMinute ?? eventsPerMinuteIn(region)),
    nowMs: clock.nowMs,
    random: pooledRandom(),
    refusal: parts.refusal,
    storing: parts.storing,
    stored: parts.stored,
    mend: (what) => (what === "clock" ? clock.measure() : makePartitions(database.control, clock.nowMs(), clock.nowMs())),
  });
}

function fanOutFor(directory: Directory, catalogue: () => Catalogue): FanOutFor {
  return (publish) => {
    const workspace = directory.workspace(publish.workspace);
    const topic = catalogue().topicNamed(publish.topic);
    if (!workspace || !topic || !directory.isComplete(workspace)) return null;
    const { recipients, skipped } = fanOut(catalogue(), topic, workspace, (ref) => directory.app(ref));
    const slot = publish.orderingKey === null ? null : slotOf(workspace.ref, publish.orderingKey);
    return {
      workspace: workspace.ref,
      recipients: recipients.map(({ app, subscription, topic: name }) => ({
        subscription: subscription.ref,
        app: app.ref,
        shard: subscription.shard,
        slot: subscription.ordered ? slot : null,
        topic: name,
        apiVersion: app.facts.apiVersion,
      })),
      skipped: packSkipped(skipped),
    };
  };
}

/** Fresh random bytes, drawn many at a time. */
function pooledRandom(): (bytes: number) => Uint8Array {
  let [pool, used] = [randomBytes(pooledBytes), 0];
  return (bytes) => {
    if (used + bytes > pooledBytes) [pool, used] = [randomBytes(pooledBytes), 0];
    return pool.subarray(used, (used += bytes));
  };
}
