// The test inbox, where there is one.
import type { InboxView, inboxRoutes } from "@bellhop/contract/inbox";
import type { InboxAnswer } from "@bellhop/contract/inbox-answers";
import { listLimitDefault } from "@bellhop/contract/fields";
import { Problem } from "../../domain/problem.ts";
import type { Handlers } from "../handler.ts";

export type InboxDeps = {
  /** Null outside of local mode. */
  readonly receiving: {
    readonly inbox: { behave(path: string | null, answer: InboxAnswer, retryAfterS: number | null): void; empty(): void };
    show(limit: number): Promise<InboxView>;
  } | null;
};

export function inboxHandlers({ receiving }: InboxDeps): Handlers<typeof inboxRoutes> {
  const open = (): NonNullable<InboxDeps["receiving"]> => {
    if (receiving) return receiving;
    throw new Problem(
      "not_found",
      "There is no test inbox: only local mode has one (HOST is a loopback address, DATABASE_URL and BELLHOP_ALLOW_NETWORKS are unset).",
    );
  };
  return {
    readInbox: ({ query: { limit = listLimitDefault } }) => open().show(limit),
    changeInboxBehaviour: async ({ body }) => open().inbox.behave(body.path ?? null, body.answer, body.retry_after_s ?? null),
    emptyInbox: async () => open().inbox.empty(),
  };
}
