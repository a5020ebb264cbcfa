// What the test inbox can be told to do with what it is sent. Plain data, for pages too.

/** A status to answer with, an answer that comes too late, or none at all while the connection stays open. */
export const inboxAnswers = [200, 410, 429, 503, "late", "never"] as const;
export type InboxAnswer = (typeof inboxAnswers)[number];

/** Longer than the time to answer that a subscription has unless it asks for more. */
export const inboxLateS = 20;

/** Answer -> what Bellhop makes of it. */
export const inboxAnswerSentences: Record<InboxAnswer, string> = {
  200: "Everything is delivered.",
  410: "Gone: the subscription is disabled until somebody sets it live.",
  429: "Too many: the whole subscription is throttled for a while.",
  503: "Fails: it is tried again by the retry policy.",
  late: `Answers 200 after ${inboxLateS} s: too late, so the attempt fails by timeout.`,
  never: "Takes the request and says nothing: the attempt fails by timeout.",
};
