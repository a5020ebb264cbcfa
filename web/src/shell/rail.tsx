import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AppSwitcher } from "./app-switcher.tsx";
import { Mark } from "./mark.tsx";
import { appPlaces, configurePlaces, developerPlaces, operatorPlaces } from "./places.ts";
import { useSession } from "./session.ts";

type RailProps = { readonly app: string | undefined; readonly open: boolean; readonly onClose: () => void };

const linkLook =
  "flex items-center rounded-md px-2 py-1 text-ink-2 hover:bg-sunken hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:font-semibold aria-[current=page]:text-ink";

/** On a phone it lies over the page, and goes when it has led somewhere. */
export function PagesNav({ app, open, onClose }: RailProps) {
  const { instance } = useSession();
  return (
    <>
      {open && (
        <button
          type="button"
          aria-label="Close the menu"
          className="fixed inset-0 z-30 bg-[rgb(20_16_8/45%)] lg:hidden"
          onClick={onClose}
        />
      )}
      <nav
        aria-label="Pages"
        className={`${open ? "fixed inset-y-0 left-0 z-40 flex w-64" : "hidden lg:sticky lg:flex"} top-0 h-dvh flex-col gap-4 overflow-y-auto border-r border-line bg-surface p-3 *:shrink-0`}
      >
        <Link to="/apps" className="flex items-center gap-2 px-2 py-1 text-lg font-semibold tracking-tight">
          <Mark /> Bellhop
        </Link>
        <div className="flex flex-col gap-0.5">
          <Link to="/apps" activeOptions={{ exact: true, includeSearch: false }} className={linkLook}>
            Your apps
          </Link>
        </div>
        <AppSwitcher app={app} />
        {app !== undefined && (
          <>
            <Group>
              {appPlaces.map(({ to, name }) => (
                <Link key={to} to={to} params={{ app }} className={linkLook}>
                  {name}
                </Link>
              ))}
            </Group>
            <Group name="Configure">
              {configurePlaces.map(({ to, name }) => (
                <Link key={to} to={to} params={{ app }} className={linkLook}>
                  {name}
                </Link>
              ))}
            </Group>
          </>
        )}
        <Group name="Build and find out">
          {developerPlaces
            .filter(({ to }) => to !== "/inbox" || instance.inbox)
            .map(({ to, name }) => (
              <Link key={to} to={to} className={linkLook}>
                {name}
              </Link>
            ))}
        </Group>
        <Group name="Operator">
          {operatorPlaces.map(({ to, name }) => (
            <Link key={to} to={to} className={linkLook}>
              {name}
            </Link>
          ))}
        </Group>
        <p className="mt-auto px-2 text-xs text-ink-3">Bellhop {instance.version}</p>
      </nav>
    </>
  );
}

function Group({ name, children }: { readonly name?: string; readonly children: ReactNode }) {
  return (
    <div className="flex flex-col gap-0.5">
      {name && <p className="px-2 pb-0.5 text-xs font-medium text-ink-3">{name}</p>}
      {children}
    </div>
  );
}
