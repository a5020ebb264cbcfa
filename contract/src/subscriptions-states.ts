// Why a subscription is in the state it is in, with one sentence and one fix each. Hub, API, CLI and documents all read
// this list.
import type { Reason } from "./reasons.ts";

const failingFix = "Read the last attempts' failures and mend the endpoint; sending goes on by itself, or set the subscription live.";
const nothing = "Nothing is to be done.";

export const stateCauses = {
  failures_in_a_row: {
    sentence: "More than 1,000 attempts in a row failed within 15 minutes.",
    fix: failingFix,
  },
  nothing_but_failures: {
    sentence: "For 15 minutes every attempt failed, and there were at least 20.",
    fix: failingFix,
  },
  by_hand: {
    sentence: "Somebody paused the subscription.",
    fix: "Set the subscription live; a pause with an end also ends by itself.",
  },
  throttled: {
    sentence: "The endpoint answered 429 Too Many Requests.",
    fix: "Raise the endpoint's rate limit or lower the subscription's max_in_flight; sending goes on by itself.",
  },
  failing_for_a_week: {
    sentence: "For seven days nothing succeeded: at least 10 attempts on at least 3 different days failed.",
    fix: "Mend the endpoint, then set the subscription live and send or discard what is held.",
  },
  gone: {
    sentence: "The endpoint answered 410 Gone.",
    fix: "Set the subscription live once the endpoint exists again.",
  },
  recovered: {
    sentence: "The endpoint accepts notifications again after it had answered 429 Too Many Requests.",
    fix: nothing,
  },
  throttle_over: {
    sentence: "The endpoint no longer answers 429 Too Many Requests, but has not accepted a notification either.",
    fix: failingFix,
  },
  resumed: {
    sentence: "The pause ended by itself; one notification at a time is sent until one succeeds.",
    fix: nothing,
  },
  set_live: {
    sentence: "Somebody set the subscription live.",
    fix: nothing,
  },
  still_failing: {
    sentence: "Nothing has succeeded for days; after seven days a private app's subscription is suspended.",
    fix: "Read the last attempts' failures and mend the endpoint; the first success ends this.",
  },
  no_topic_on: {
    sentence: "No topic of the subscription is switched on.",
    fix: "Switch a topic on.",
  },
} as const satisfies Record<string, Reason>;

export type StateCause = keyof typeof stateCauses;
