// From an event to its notifications: which subscriptions match, and for each app that is installed but got none, why not.
// Pure over the directory's views; intake writes the result in the statement of the event.
import type { Topic } from "@bellhop/contract/catalogue";
import type { NotMadeReason } from "@bellhop/contract/reasons";
import type { Catalogue } from "../domain/catalogue.ts";
import { fanOutMax } from "../domain/id.ts";
import { whyNot } from "../domain/matching.ts";
import type { AppView, SubscriptionView, WorkspaceView } from "../store/directory.ts";

/** One subscription that is notified, and the topic's name in its app's version. */
export type Recipient = { readonly app: AppView; readonly subscription: SubscriptionView; readonly topic: string };

export type FanOut = {
  readonly recipients: readonly Recipient[];
  /** Reason -> apps that got nothing for it. */
  readonly skipped: ReadonlyMap<NotMadeReason, readonly number[]>;
};

/** Where an app has several subscriptions, the reason nearest to a notification is the one to tell. */
const nearness: readonly NotMadeReason[] = [
  "not_subscribed",
  "missing_permission",
  "not_in_version",
  "topic_off",
  "subscription_off",
  "subscription_disabled",
  "owner_not_entitled",
];

export function fanOut(
  catalogue: Catalogue,
  topic: Topic,
  workspace: WorkspaceView,
  appOf: (ref: number) => AppView | null | undefined,
): FanOut {
  const recipients: Recipient[] = [];
  const skipped = new Map<NotMadeReason, number[]>();
  for (const [ref, installation] of workspace.installations) {
    const app = appOf(ref);
    if (!app) continue;
    const matched = matches(catalogue, topic, installation, app);
    const room = fanOutMax - recipients.length;
    recipients.push(...matched.recipients.slice(0, room));
    // Also of an app that got some of its notifications: what is beyond the limit is never passed over in silence.
    const reason = matched.recipients.length > room ? "fan_out_limit" : matched.reason;
    if (reason === null) continue;
    const apps = skipped.get(reason);
    if (apps) apps.push(ref);
    else skipped.set(reason, [ref]);
  }
  return { recipients, skipped };
}

/** The subscriptions of an app that match; the reason when there are none. */
function matches(
  catalogue: Catalogue,
  topic: Topic,
  installation: Installation,
  app: AppView,
): { recipients: Recipient[]; reason: NotMadeReason | null } {
  const recipients: Recipient[] = [];
  let reason = app.subscriptions.length === 0 ? whyNotAtAll(catalogue, topic, app, installation) : "not_subscribed";
  for (const subscription of app.subscriptions) {
    const match = whyNot(catalogue, topic, installation, app.facts, subscription.facts);
    if ("name" in match) recipients.push({ app, subscription, topic: match.name });
    else reason = nearer(reason, match.reason as NotMadeReason);
  }
  return { recipients, reason: recipients.length > 0 ? null : reason };
}

function nearer(a: NotMadeReason, b: NotMadeReason): NotMadeReason {
  return nearness.indexOf(b) > nearness.indexOf(a) ? b : a;
}

type Installation = WorkspaceView["installations"] extends ReadonlyMap<number, infer Facts> ? Facts : never;

/** An app without a subscription: a missing permission or version is told before the missing subscription. */
function whyNotAtAll(catalogue: Catalogue, topic: Topic, app: AppView, installation: Installation): NotMadeReason {
  const match = whyNot(catalogue, topic, installation, app.facts, { state: "live", topics: new Map() });
  return "reason" in match ? (match.reason as NotMadeReason) : "not_subscribed";
}

/** Apps named per reason in one event, at most; beyond it they are only counted. */
const appsStoredMax = 200;
const countedOnly: ReadonlySet<NotMadeReason> = new Set(["not_subscribed", "topic_off"]);

/** What the event row keeps of those that were not notified; null when there is nothing to keep. */
export function packSkipped(skipped: FanOut["skipped"]): string | null {
  if (skipped.size === 0) return null;
  const stored: Record<string, readonly number[]> = {};
  const counted: Record<string, number> = {};
  let room = appsStoredMax;
  for (const [reason, apps] of skipped) {
    const kept = countedOnly.has(reason) ? [] : apps.slice(0, room);
    room -= kept.length;
    if (kept.length > 0) stored[reason] = kept;
    if (apps.length > kept.length) counted[reason] = apps.length - kept.length;
  }
  return JSON.stringify({ stored, counted });
}
