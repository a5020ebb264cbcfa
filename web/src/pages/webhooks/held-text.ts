import type { Held } from "@bellhop/contract/subscriptions";

/** `1 notification is`, `about 12,000 notifications are`. */
export function heldText(held: Held | null): string {
  if (held === null) return "What was made meanwhile is";
  const { count, exact } = held;
  return `${exact ? "" : "About "}${count.toLocaleString("en")} ${count === 1 ? "notification is" : "notifications are"}`;
}
