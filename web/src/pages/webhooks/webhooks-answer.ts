import { notMade } from "@bellhop/contract/reasons";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
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
  const live = subscriptions.filter(isWell).length;
  const others = Map.groupBy(
    subscriptions.filter((each) => !isWell(each)),
    stateWord,
  );
  const rest = [...others].map(([word, { length }]) => `${length} ${word}`);
  const all =
    live === subscriptions.length
      ? `All ${live} endpoints are live.`
      : `${live} of ${subscriptions.length} endpoints ${live === 1 ? "is" : "are"} live, ${rest.join(", ")}.`;
  return all + withErrors;
}

const isWell = (subscription: SubscriptionView): boolean => stateWord(subscription) === "live";

function stateWord({ state, brakes, backing_off_until }: SubscriptionView): string {
  if (state !== "live") return state;
  if (brakes.length > 0) return "braked by the operator";
  return backing_off_until === null ? "live" : "backing off";
}

function ofOne(subscription: SubscriptionView, topics: Topics): string {
  const { url } = subscription;
  const on = topicsOn(topics, subscription);
  const word = stateWord(subscription);
  if (word === "live" && on === 0) return `The endpoint at ${new URL(url).host} is live, but nothing is sent to it.`;
  if (word === "live") return `Live: ${on} ${on === 1 ? "topic is" : "topics are"} sent to ${new URL(url).host}.`;
  return `The endpoint at ${new URL(url).host} is ${word}.`;
}
