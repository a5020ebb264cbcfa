import { Dialog } from "../parts/dialog.tsx";
import { shortcutGroups } from "./shortcuts.ts";

export function ShortcutHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keys">
      <div className="flex flex-col gap-4">
        {shortcutGroups().map(({ group, keys }) => (
          <section key={group}>
            <h3 className="mb-1 text-sm font-medium text-ink-3">{group}</h3>
            <dl className="grid grid-cols-[6rem_1fr] gap-y-1">
              {keys.map(([key, does]) => (
                <div key={key} className="contents">
                  <dt>
                    <kbd className="rounded border border-line-strong bg-sunken px-1.5 font-mono text-sm">
                      {key.replace("mod+", "Ctrl/⌘ ")}
                    </kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
