// Signing in to the hub, who is signed in, signing out.
import type { Static } from "typebox";
import type { SessionSchema, sessionRoutes } from "@bellhop/contract/sessions";
import { Problem } from "../../domain/problem.ts";
import { makeSignInLink, signIn, signOut, signOutEverywhere } from "../../manage/sessions.ts";
import type { Session } from "../../manage/sessions.ts";
import type { Database } from "../../store/database.ts";
import { WithHeaders } from "../handler.ts";
import type { Handlers } from "../handler.ts";
import { crossSite, siteOf } from "../session-origin.ts";
import type { Sessions } from "../sessions.ts";

type SessionView = Static<typeof SessionSchema>;

export type SessionDeps = {
  readonly database: Database;
  readonly sessions: Pick<Sessions, "cookie" | "publicUrl" | "forget">;
  readonly instance: () => SessionView["instance"];
};

export function sessionHandlers({ database, sessions, instance }: SessionDeps): Handlers<typeof sessionRoutes> {
  const { cookie, publicUrl } = sessions;
  const present = (session: Session | undefined): SessionView => ({
    account: session?.account ?? null,
    expires_at: session?.expiresAt.toISOString() ?? null,
    instance: instance(),
  });
  return {
    createSignInLink: async ({ actor }) => {
      const { url, expiresAt } = await makeSignInLink(database, publicUrl, actor);
      return { url, expires_at: expiresAt.toISOString() };
    },

    createSession: async ({ body, header, actor }) => {
      // Another site could sign somebody in as an account of its own.
      if (siteOf(header, publicUrl) === "foreign") throw crossSite();
      const { token, session } = await signIn(database, body.token, actor.route);
      sessions.forget();
      return new WithHeaders(present(session), { "set-cookie": cookie.set(token) });
    },

    deleteSessions: async ({ actor }) => {
      await signOutEverywhere(database, actor);
      sessions.forget();
      return new WithHeaders(undefined, { "set-cookie": cookie.clear() });
    },

    readSession: async ({ caller }) => present(caller.session),

    deleteSession: async ({ caller, actor }) => {
      if (!caller.session) throw new Problem("not_found", "A key has no session; DELETE /v1/keys/{id} ends a key.");
      await signOut(database, caller.session, actor);
      sessions.forget();
      return new WithHeaders(undefined, { "set-cookie": cookie.clear() });
    },
  };
}
