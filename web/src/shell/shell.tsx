// What is round every page: the rail, the bar on top, the command menu, the keys. Without a session there is none of it, but
// the way to get one.
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useState } from "react";
import { isSessionEnded } from "../api/queries.ts";
import { Page } from "../parts/page.tsx";
import { ProblemBanner } from "../parts/problem.tsx";
import { Skeleton } from "../parts/loaded.tsx";
import { SignedOut } from "../pages/sign-in/sign-in-page.tsx";
import { useCurrentApp } from "./current-app.ts";
import { useKeptFocus } from "./kept-focus.ts";
import { PagesNav } from "./rail.tsx";
import { SessionEnded } from "./session-ended.tsx";
import { sessionQuery } from "./session.ts";
import { useShortcuts } from "./shortcuts.ts";
import { TopBar } from "./top-bar.tsx";

const CommandMenu = lazy(async () => ({ default: (await import("./command-menu.tsx")).CommandMenu }));
const ShortcutHelp = lazy(async () => ({ default: (await import("./shortcut-help.tsx")).ShortcutHelp }));

export function Shell() {
  const session = useQuery(sessionQuery);
  if (session.data) return <SignedIn hasEnded={isSessionEnded(session.error)} />;
  if (isSessionEnded(session.error)) return <SignedOut />;
  const why = session.error ?? session.failureReason;
  return <Page title="Bellhop">{why ? <ProblemBanner error={why} /> : <Skeleton />}</Page>;
}

type Open = "commands" | "help" | null;

function SignedIn({ hasEnded }: { readonly hasEnded: boolean }) {
  const [open, setOpen] = useState<Open>(null);
  const [railOpen, setRailOpen] = useState(false);
  const app = useCurrentApp();
  const { pathname } = useLocation();
  useEffect(() => setRailOpen(false), [pathname]);
  useKeptFocus();
  useShortcuts("Everywhere", {
    "mod+k": { does: "Go anywhere, do anything", run: () => setOpen("commands") },
    "?": { does: "Show the keys", run: () => setOpen("help") },
  });
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to the page
      </a>
      <PagesNav app={app} open={railOpen} onClose={() => setRailOpen(false)} />
      <div className="flex min-w-0 flex-col">
        <TopBar onSearch={() => setOpen("commands")} onMenu={() => setRailOpen(true)} />
        <main id="main" tabIndex={-1} className="flex-1 outline-none">
          {hasEnded && <SessionEnded />}
          <Suspense
            fallback={
              <Page title="…">
                <Skeleton />
              </Page>
            }
          >
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Suspense>
        {open === "commands" && <CommandMenu app={app} onClose={() => setOpen(null)} />}
        {open === "help" && <ShortcutHelp onClose={() => setOpen(null)} />}
      </Suspense>
    </div>
  );
}
