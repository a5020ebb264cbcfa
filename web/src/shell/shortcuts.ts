// Keys of the page that is open. Each is listed under `?` while its page is.
import { useEffect, useRef } from "react";

export type Shortcut = { readonly does: string; readonly run: () => void };
export type Shortcuts = Readonly<Record<string, Shortcut>>;

type Listed = { readonly group: string; readonly current: { current: Shortcuts } };

const groups = new Set<Listed>();

/** All there are now, for the help. */
export const shortcutGroups = (): { group: string; keys: [string, string][] }[] =>
  [...groups].map(({ group, current }) => ({ group, keys: Object.entries(current.current).map(([key, { does }]) => [key, does]) }));

/** Keys as `j`, `Enter`, `/`, `mod+k` (Cmd or Ctrl). Not while somebody types, unless it has `mod`, nor behind a dialog. */
export function useShortcuts(group: string, shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    const listed = { group, current };
    groups.add(listed);
    const pressed = (event: KeyboardEvent): void => {
      const name = nameOf(event);
      const shortcut = current.current[name];
      if (!shortcut || event.defaultPrevented || (!name.startsWith("mod+") && (isTyping(event.target) || isBehindDialog(event.target))))
        return;
      event.preventDefault();
      shortcut.run();
    };
    addEventListener("keydown", pressed);
    return () => {
      groups.delete(listed);
      removeEventListener("keydown", pressed);
    };
  }, [group]);
}

function nameOf({ key, metaKey, ctrlKey, altKey }: KeyboardEvent): string {
  const plain = key.length === 1 ? key.toLowerCase() : key;
  return metaKey || ctrlKey || altKey ? `mod+${plain}` : plain;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}

/** A toast is a dialog too, but one that nobody has to answer. */
const isBehindDialog = (target: EventTarget | null): boolean =>
  document.querySelector(':is([role="dialog"], [role="alertdialog"]):not([aria-modal="false"])') !== null &&
  !(target instanceof Element && target.closest('[role="dialog"]'));
