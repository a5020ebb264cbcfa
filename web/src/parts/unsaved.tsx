// Nothing typed is lost by a click: leaving a form with changes that are not saved asks first.
import { useBlocker } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Confirm } from "./dialog.tsx";

/**
 * To be drawn by the page: the question, when it comes up. Leaving is another page, or another value of a name in the URL on
 * which the form depends. Where a form leads on by itself once it is saved: `navigate({ ..., ignoreBlocker: true })`.
 */
export function useUnsaved(dirty: boolean, ...names: readonly string[]): ReactNode {
  const leaving = useBlocker({
    disabled: !dirty,
    enableBeforeUnload: dirty,
    withResolver: true,
    shouldBlockFn: ({ current, next }) =>
      current.pathname !== next.pathname || names.some((name) => valueOf(current.search, name) !== valueOf(next.search, name)),
  });
  return (
    <Confirm
      open={leaving.status === "blocked"}
      onClose={() => leaving.reset?.()}
      onConfirm={() => leaving.proceed?.()}
      title="Leave without saving?"
      action="Leave"
    >
      What you changed on this page is not saved.
    </Confirm>
  );
}

const valueOf = (search: object, name: string): unknown => (search as Record<string, unknown>)[name];
