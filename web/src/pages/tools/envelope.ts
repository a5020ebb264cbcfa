// The body of a request as it is sent, with invented facts: keys in this order, no white space.
import type { TopicView } from "@bellhop/contract/catalogue";

/** 2026-01-01 00:00:00 UTC, and the second after. */
const [createdAt, firstSentAt] = [1_767_225_600, 1_767_225_601];
const exampleId = "notif_019b7652-3400-7000-8000-3f2c1d8e5a90";
const exampleWorkspace = "acme1234";

/** A topic of a version with that version's item; a ping has neither id nor status. */
export function sampleBody({ name, always_on: isPing, sample }: Pick<TopicView, "name" | "always_on" | "sample">): string {
  return JSON.stringify({
    type: "notification_event",
    app_id: exampleWorkspace,
    data: { type: "notification_event_data", item: isPing ? { type: "ping", message: "something something interzen" } : sample },
    links: {},
    id: isPing ? null : exampleId,
    topic: name,
    delivery_status: isPing ? null : "pending",
    delivery_attempts: 1,
    delivered_at: 0,
    first_sent_at: isPing ? createdAt : firstSentAt,
    created_at: createdAt,
    self: null,
  });
}

/** What is not what its name says, or changes. */
export const fieldNotes: readonly (readonly [field: string, note: string])[] = [
  ["app_id", "The workspace in which it happened, not the app."],
  ["data.item", "The object, in the shape of the app's API version."],
  ["id", "The same on every attempt: receivers de-duplicate by it. Null on a ping."],
  ["topic", "By its name in the app's API version."],
  ["delivery_status", "pending on the first attempt, retry on later ones."],
  ["delivery_attempts", "1, 2, …: all requests made for this notification."],
  ["first_sent_at", "Unix seconds of the first attempt, kept on later ones."],
  ["created_at", "Unix seconds when it happened; order by it, since order of arrival is not promised."],
  ["delivered_at", "Always 0: it cannot be known while sending."],
];
