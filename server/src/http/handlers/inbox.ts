// The test inbox, where there is one.
import type { InboxView, inboxRoutes } from "@bellhop/contract/inbox";
import type { InboxAnswer } from "@bellhop/contract/inbox-answers";
import { listLimitDefault } from "@bellhop/contract/fields";
import { Problem } from "../../domain/problem.ts";
import { refuseBound } from "../../manage/find.ts";
import type { Caller, Handlers } from "../handler.ts";

export type InboxDeps = {
  /** Null outside of local mode. */
  readonly receiving: {
    readonly inbox: { behave(path: string | null, answer: InboxAnswer, retryAfterS: number | null): void; empty(): void };
    show(limit: number): Promise<InboxView>;
  } | null;
};

export function inboxHandlers({ receiving }: InboxDeps): Handlers<typeof inboxRoutes> {
  const open = (caller: Caller): NonNullable<InboxDeps["receiving"]> => {
    refuseBound(caller, "use the test inbox, to which requests of every workspace come");
    if (receiving) return receiving;
    throw new Problem(
      "not_found",
      "There is no test inbox: only local mode has one (HOST is a loopback address, DATABASE_URL and BELLHOP_ALLOW_NETWORKS are unset).",
    );
  };
  return {
    readInbox: async ({ query: { limit = listLimitDefault }, caller }) => open(caller).show(limit),
    changeInboxBehaviour: async ({ body, caller }) => open(caller).inbox.behave(body.path ?? null, body.answer, body.retry_after_s ?? null),
    emptyInbox: async ({ caller }) => open(caller).inbox.empty(),
  };
}
