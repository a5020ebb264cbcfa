// Progress of replays, once a second while somebody listens: what changed since it was said last.
import type { ReplayView } from "@bellhop/contract/replays";
import type { Connection } from "../store/sql.ts";
import { replaysUnderWay } from "../store/stream.ts";
import type { ReplayUnderWay } from "../store/stream.ts";
import { sayEvent, seesSubscription } from "./stream-listener.ts";
import type { Listener } from "./stream-listener.ts";

/** Replays whose progress is told at a time. */
const replaysMax = 200;

export async function tellReplays(
  on: Connection,
  listeners: readonly Listener[],
  view: (record: ReplayUnderWay) => ReplayView,
): Promise<void> {
  const known = new Set(listeners.flatMap(({ replays }) => [...replays.keys()]));
  const records = await replaysUnderWay(on, [...known], replaysMax);
  for (const record of records) {
    const data = view(record);
    const text = JSON.stringify(data);
    const whose = { ref: record.subscription, app: record.app, owner: record.owner };
    for (const listener of listeners) if (seesSubscription(listener, whose)) tell(listener, data, text);
  }
}

function tell(listener: Listener, data: ReplayView, text: string): void {
  const { replays } = listener;
  const isNews = replays.get(data.id) !== text && (data.state === "running" || replays.has(data.id));
  if (isNews && !sayEvent(listener, "replay", data, null)) return;
  // One that is over was told for the last time.
  if (data.state === "running") replays.set(data.id, text);
  else replays.delete(data.id);
}
