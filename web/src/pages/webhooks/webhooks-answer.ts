import { notMade } from "@bellhop/contract/reasons";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { keptBack } from "../../parts/status.tsx";
import { topicsOn } from "./use-topics.ts";
import type { Topics } from "./use-topics.ts";

/** Whether every endpoint gets what it should, in a sentence. `isOnTrial`: the workspace that owns the app. */
export function answerOf(subscriptions: readonly SubscriptionView[], topics: Topics, isOnTrial: boolean): string {
  if (isOnTrial) return notMade.owner_not_entitled.sentence;
  const [only] = subscriptions;
  if (!only) return "No endpoint yet, so nothing is sent. Enter one, choose topics, and every workspace that has the app notifies it.";
  const errors = subscriptions.reduce((sum, { topic_errors }) => sum + Object.keys(topic_errors).length, 0);
  const withErrors = errors === 0 ? "" : ` ${errors} chosen ${errors === 1 ? "topic makes" : "topics make"} nothing.`;
  if (subscriptions.length === 1) return `${ofOne(only, topics)}${withErrors}`;
  const live = subscriptions.filter(({ state }) => state === "live");
  const rest = countsText(subscriptions.flatMap(({ state }) => (state === "live" ? [] : [state])));
  const kept = countsText(live.flatMap(keptBack), " of them");
  const all =
    rest === ""
      ? `All ${live.length} endpoints are live${kept && `, ${kept}`}.`
      : `${live.length} of ${subscriptions.length} endpoints ${live.length === 1 ? "is" : "are"} live${kept && ` (${kept})`}, ${rest}.`;
  return all + withErrors;
}

/** `2 paused, 1 off`, or with `of` ` of them`, `1 of them braked`. */
const countsText = (words: readonly string[], of = ""): string =>
  [...Map.groupBy(words, (word) => word)].map(([word, { length }]) => `${length}${of} ${word}`).join(", ");

function ofOne(subscription: SubscriptionView, topics: Topics): string {
  const { url, state } = subscription;
  const { host } = new URL(url);
  const on = topicsOn(topics, subscription);
  const kept = keptBack(subscription).join(" and ");
  if (state !== "live") return `The endpoint at ${host} is ${state}.`;
  if (kept !== "") return `The endpoint at ${host} is live, but ${kept}.`;
  if (on === 0) return `The endpoint at ${host} is live, but nothing is sent to it.`;
  return `Live: ${on} ${on === 1 ? "topic is" : "topics are"} sent to ${host}.`;
}
