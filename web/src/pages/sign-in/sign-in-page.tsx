// A link that works once becomes a session. Its token is in the fragment, which is never sent to a server by itself.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call } from "../../api/client.ts";
import { Code } from "../../parts/code.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Mark } from "../../shell/mark.tsx";
import { sessionQuery } from "../../shell/session.ts";
import type { Session } from "../../shell/session.ts";

export function SignIn() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    const enter = (session: Session): void => {
      client.setQueryData(sessionQuery.queryKey, session);
      void navigate({ to: "/apps" });
    };
    // Whoever is signed in goes in, also by a link that was used: the first one to open it may have been they themselves.
    const enterIfSignedIn = (refused: Error | null): void => void call("readSession").then(enter, () => setError(refused));
    const redeem = (): void => {
      const token = location.hash.slice(1);
      if (token === "") return enterIfSignedIn(null);
      // Before anything else: nobody reads it from the address bar or the history.
      history.replaceState(null, "", "/sign-in");
      call("createSession", { body: { token } }).then(enter, enterIfSignedIn);
    };
    redeem();
    // A link that is opened where this page is already open changes nothing but the fragment.
    addEventListener("hashchange", redeem);
    return () => removeEventListener("hashchange", redeem);
  }, [client, navigate]);
  return <SignedOut error={error} />;
}

export function SignedOut({ error = null }: { readonly error?: Error | null }) {
  useEffect(() => {
    document.title = "Sign in · Bellhop";
  }, []);
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-5 px-6">
      <Mark className="size-12" />
      <h1 className="text-2xl font-semibold tracking-tight">Sign in to Bellhop</h1>
      <ProblemBanner error={error} />
      <p className="text-lg text-ink-2">Open the link that was printed when Bellhop started. It works once; another one is made by:</p>
      <Code label="Where Bellhop runs" text="npm run link" />
    </main>
  );
}
