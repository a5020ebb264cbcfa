// Whether a request was signed rightly, in words, and what to do where it was not.
import type { Answer } from "../../api/client.ts";

export type Inbox = Answer<"readInbox">;
export type Received = Inbox["received"][number];
type Verdict = Received["signatures"]["hub"];

/** Of the whole request: one wrong signature is enough to look, an absent one may be how the subscription is set. */
export function verdictOf({ signatures: { hub, standard } }: Received): "right" | "wrong" | "unsigned" {
  if (hub === "wrong" || standard === "wrong") return "wrong";
  return hub === "right" || standard === "right" ? "right" : "unsigned";
}

export const signatureNames = { hub: "X-Hub-Signature", standard: "webhook-signature" } as const;

export const verdictWords: Record<Verdict, { readonly word: string; readonly about: string; readonly text: string }> = {
  right: {
    word: "right",
    about: "Made over exactly these bytes with a secret of an app that has this inbox as its endpoint.",
    text: "text-delivered",
  },
  wrong: {
    word: "wrong",
    about:
      "No secret of an app that has this inbox as its endpoint made it over these bytes. Was it sent by somebody else, with an old secret, or changed on its way? The signature tester finds out which.",
    text: "text-failed",
  },
  absent: {
    word: "absent",
    about: "The request has no such header. If Bellhop sent it, the subscription's signatures leave it out.",
    text: "text-ink-3",
  },
};

export function answerWord(answered: Received["answered"]): string {
  return answered === "never" ? "no answer" : String(answered);
}
