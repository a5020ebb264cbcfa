import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useParams } from "@tanstack/react-router";
import { Suspense, lazy, useState } from "react";
import { ask } from "../api/queries.ts";
import { buttonLook } from "../parts/button.tsx";
import { Id } from "../parts/copy.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { appPlaces, configurePlaces, developerPlaces, operatorPlaces } from "./places.ts";
import { useSession } from "./session.ts";

const YouMenu = lazy(async () => ({ default: (await import("./you-menu.tsx")).YouMenu }));

type TopBarProps = { readonly onSearch: () => void; readonly onMenu: () => void };

export function TopBar({ onSearch, onMenu }: TopBarProps) {
  const { instance } = useSession();
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-3 border-b border-line bg-paper/90 px-4 backdrop-blur sm:px-8">
      <button type="button" aria-label="Open the menu" className="-ml-1 rounded p-1 text-ink-2 hover:text-ink lg:hidden" onClick={onMenu}>
        <svg viewBox="0 0 16 16" className="size-4" stroke="currentColor" strokeWidth="1.6" aria-hidden>
          <path d="M1 3.5h14M1 8h14M1 12.5h14" />
        </svg>
      </button>
      <Crumbs />
      <div className="ml-auto flex shrink-0 items-center gap-2 whitespace-nowrap">
        {instance.local_mode && (
          <span
            title="http and receivers on this machine are allowed, because neither DATABASE_URL nor BELLHOP_ALLOW_NETWORKS is set and HOST is a loopback address."
            className="tint hidden rounded px-1.5 py-0.5 text-xs font-medium text-waiting sm:inline"
          >
            Local mode
          </span>
        )}
        <button
          type="button"
          onClick={onSearch}
          className="flex h-7 items-center gap-3 rounded-md border border-line-strong bg-surface px-2 text-sm text-ink-3 hover:border-ink-2"
        >
          Go to <kbd className="rounded border border-line px-1 font-sans text-xs max-sm:hidden">{isMac() ? "⌘" : "Ctrl "}K</kbd>
        </button>
        <You />
      </div>
    </header>
  );
}

const isMac = (): boolean => /mac/i.test(navigator.platform);

function Crumbs() {
  const { app, id } = useParams({ strict: false });
  const { pathname } = useLocation();
  const { data } = useQuery({ ...ask("readApp", { params: { id: app ?? "" } }), enabled: app !== undefined });
  const here = [...appPlaces, ...configurePlaces, ...developerPlaces, ...operatorPlaces].find(
    ({ to }) => to.replace("$app", app ?? "") === pathname,
  );
  return (
    <nav aria-label="Where you are" className="flex min-w-0 items-center gap-2 text-sm text-ink-3">
      {app !== undefined && (
        <>
          <Link to="/apps/$app/overview" params={{ app }} className="truncate font-medium text-ink hover:underline">
            {data?.name ?? app}
          </Link>
          <span className="hidden shrink-0 sm:inline">
            <Id id={app} short />
          </span>
        </>
      )}
      {here && app !== undefined && <span aria-hidden>/</span>}
      {here && <span className="truncate">{here.name}</span>}
      {id !== undefined && <Id id={id} />}
    </nav>
  );
}

/** Menus come with the first one that is opened. */
function You() {
  const { account } = useSession();
  const [wanted, setWanted] = useState(false);
  const name = account?.name ?? "You";
  const button = (
    <button type="button" aria-haspopup="menu" onClick={() => setWanted(true)} className={buttonLook("quiet", true)}>
      {name} <Glyph name="down" />
    </button>
  );
  return wanted ? (
    <Suspense fallback={button}>
      <YouMenu name={name} />
    </Suspense>
  ) : (
    button
  );
}
