// Every reason Bellhop stores, counts or shows, with one sentence and one fix each. Hub, API, CLI and documents
// all read these lists; a reason that is not here cannot be written.

/** One entry of a closed list of reasons: what happened in one sentence, and what the reader can do about it. */
export type Reason = { readonly sentence: string; readonly fix: string };

/** Why an event made no notification for an app that is installed in its workspace. */
export const notMade = {
  missing_permission: {
    sentence: "The installation holds none of the permissions that this topic needs.",
    fix: "Ask for the permission in the app's authorization settings and have the workspace consent again.",
  },
  not_in_version: {
    sentence: "The app's API version does not offer this topic.",
    fix: "Move the app to an API version that offers the topic.",
  },
  not_subscribed: {
    sentence: "No subscription of the app has chosen this topic.",
    fix: "Add the topic to a subscription.",
  },
  topic_off: {
    sentence: "The subscription has chosen this topic but switched it off.",
    fix: "Switch the topic on in the subscription.",
  },
  subscription_off: {
    sentence: "The subscription is switched off or has no topic switched on.",
    fix: "Switch the subscription on, with at least one topic on.",
  },
  subscription_disabled: {
    sentence: "The subscription is disabled because its endpoint answered 410 Gone.",
    fix: "Mend the endpoint, then set the subscription live.",
  },
  owner_not_entitled: {
    sentence: "The workspace that owns the app is on a trial, which makes no notifications.",
    fix: "Change the owner workspace to a paid or development one.",
  },
  filtered_out: {
    sentence: "The subscription's filter did not match the event.",
    fix: "Change the filter if the event should have been sent.",
  },
  filter_error: {
    sentence: "The subscription's filter could not be evaluated for this event.",
    fix: "Correct the filter with its tester.",
  },
  fan_out_limit: {
    sentence: "The event already made 10,000 notifications, which is the limit for one event.",
    fix: "Reduce the number of subscriptions for this topic in the workspace.",
  },
} as const satisfies Record<string, Reason>;

/** Why a notification ended without having been delivered. */
export const ended = {
  attempts_exhausted: {
    sentence: "Every attempt of the retry policy failed.",
    fix: "Read the last attempt's failure, mend the endpoint, then replay the notification.",
  },
  gone: {
    sentence: "The endpoint answered 410 Gone, which ends the notification and disables the subscription.",
    fix: "Set the subscription live once the endpoint exists again, then replay.",
  },
  dropped_while_paused: {
    sentence: "The subscription was paused, and its policy drops what is made meanwhile.",
    fix: "Choose a policy that holds what is made during a pause, and replay what was missed.",
  },
  throttled_too_long: {
    sentence: "The endpoint answered nothing but 429 Too Many Requests for longer than the policy waits.",
    fix: "Raise the endpoint's rate limit or lower the subscription's max_in_flight, then replay.",
  },
  held_too_long: {
    sentence: "The notification was held longer than the operator keeps held notifications.",
    fix: "Let what stopped the subscription end sooner; what was missed can be replayed with a new id.",
  },
  suspended: {
    sentence: "The subscription is suspended after a week of failures, and its policy ends what waits.",
    fix: "Mend the endpoint and set the subscription live, then replay what was missed.",
  },
  discarded: {
    sentence: "Somebody set the subscription live and discarded what was held.",
    fix: "Replay the range if the notifications are wanted after all.",
  },
  canceled: {
    sentence: "Somebody canceled the notification.",
    fix: "Replay it if it is wanted after all.",
  },
  uninstalled: {
    sentence: "The app was uninstalled from the workspace before the notification was delivered.",
    fix: "Install the app again; only new events will be sent.",
  },
  permission_removed: {
    sentence: "The installation lost the permission that this topic needs before the notification was delivered.",
    fix: "Grant the permission again; only new events will be sent.",
  },
  subscription_deleted: {
    sentence: "The subscription was deleted before the notification was delivered.",
    fix: "Make a new subscription; only new events will be sent.",
  },
  subscription_disabled: {
    sentence: "The subscription was disabled by a 410 Gone before the notification was delivered.",
    fix: "Set the subscription live once the endpoint exists again, then replay.",
  },
  subscription_off: {
    sentence: "The subscription was switched off before the notification was delivered.",
    fix: "Switch the subscription on, then replay.",
  },
  expired: {
    sentence: "The notification reached the time by which every notification ends.",
    fix: "Replay it with a new id while its event is still kept.",
  },
  quarantined: {
    sentence: "Sending the notification, or recording what came of it, failed inside Bellhop, so it was set aside.",
    fix: "Report it to the operator together with the notification's id.",
  },
  erased: {
    sentence: "The content of the event was erased on request.",
    fix: "Nothing can be sent; this is final.",
  },
} as const satisfies Record<string, Reason>;

/** Why one attempt (one HTTP request) failed. */
export const attemptFailed = {
  status: {
    sentence: "The endpoint answered with a status that means failure.",
    fix: "Read the answer's body and the endpoint's own log; answer any 2xx once the notification is stored.",
  },
  redirect_refused: {
    sentence: "The endpoint answered with a redirect, which is never followed.",
    fix: "Enter the final URL in the subscription.",
  },
  throttled: {
    sentence: "The endpoint answered 429 Too Many Requests, which throttles the whole subscription for a while.",
    fix: "Raise the endpoint's rate limit or lower the subscription's max_in_flight; Retry-After in the answer says how long to wait.",
  },
  gone: {
    sentence: "The endpoint answered 410 Gone.",
    fix: "Answer anything else if the endpoint still wants notifications, then set the subscription live.",
  },
  dns: {
    sentence: "The host name could not be resolved.",
    fix: "Check the host name in the URL and its DNS records.",
  },
  address_refused: {
    sentence: "The host resolves to an address that Bellhop does not send to.",
    fix: "Use a public address, or ask the operator to allow the network.",
  },
  connect: {
    sentence: "No connection to the endpoint could be made.",
    fix: "Check that the endpoint is running and that its firewall lets Bellhop's addresses in.",
  },
  tls: {
    sentence: "The TLS handshake with the endpoint failed.",
    fix: "Serve a valid certificate for the host name, with its whole chain, over TLS 1.2 or newer.",
  },
  timeout: {
    sentence: "The endpoint did not answer in time.",
    fix: "Answer first and do the work afterwards.",
  },
  closed_early: {
    sentence: "The endpoint closed the connection before it had answered.",
    fix: "Look for a crash, a restart or a proxy limit on the endpoint's side.",
  },
  invalid_answer: {
    sentence: "What the endpoint answered is not valid HTTP/1.1.",
    fix: "Check what listens on that port and any proxy in front of it.",
  },
  internal: {
    sentence: "Bellhop itself failed while making the attempt.",
    fix: "Report it to the operator; the notification is tried again by its policy.",
  },
} as const satisfies Record<string, Reason>;

/** Why a notification is held (parked) instead of being sent now. */
export const held = {
  backlog: {
    sentence: "More is waiting for this endpoint than it takes; the notification waits its turn.",
    fix: "Answer faster, or raise the subscription's max_in_flight.",
  },
  replay: {
    sentence: "Somebody asked for a replay; the notification waits for its turn.",
    fix: "Nothing is to be done; it is sent as soon as the endpoint has room.",
  },
  paused: {
    sentence: "The subscription is paused; the notification is kept and sent afterwards.",
    fix: "Mend the endpoint if it fails, then set the subscription live; a pause with an end also ends by itself.",
  },
  throttled: {
    sentence: "The endpoint answered 429 Too Many Requests, so the subscription sends nothing for a while.",
    fix: "Raise the endpoint's rate limit or lower the subscription's max_in_flight; sending goes on by itself.",
  },
  suspended: {
    sentence: "The subscription is suspended after a week of failures without one success.",
    fix: "Mend the endpoint, then set the subscription live and send or discard what is held.",
  },
  backing_off: {
    sentence: "The endpoint has failed repeatedly, so one notification at a time is sent to it until one succeeds.",
    fix: "Mend the endpoint; the first success lets everything through again.",
  },
  order: {
    sentence: "An earlier notification with the same ordering key, or a key that shares its slot, is not delivered yet.",
    fix: "Mend what makes the earlier one fail, or cancel that one; this one follows by itself.",
  },
  brake: {
    sentence: "The operator has stopped the sending for a while.",
    fix: "Ask the operator why and until when; sending goes on by itself.",
  },
} as const satisfies Record<string, Reason>;

/** What the explorer says of an app that is not there at all; never stored. */
export const notInstalled: Reason = {
  sentence: "The app is not installed in the workspace.",
  fix: "Install the app in the workspace.",
};

export type NotMadeReason = keyof typeof notMade;
export type EndedReason = keyof typeof ended;
export type AttemptFailure = keyof typeof attemptFailed;
export type HeldCause = keyof typeof held;
