import { Menu as Base } from "@base-ui/react/menu";
import type { ReactNode } from "react";
import { buttonLook } from "./button.tsx";
import { Glyph } from "./glyph.tsx";

type MenuProps = { readonly label: ReactNode; readonly openAtFirst?: boolean; readonly children: ReactNode };

/** Things to do that need no button of their own. */
export function Menu({ label, openAtFirst = false, children }: MenuProps) {
  return (
    <Base.Root defaultOpen={openAtFirst}>
      <Base.Trigger className={buttonLook("quiet", true)}>
        {label} <Glyph name="down" />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner align="end" sideOffset={4} className="z-40">
          <Base.Popup className="card min-w-44 py-1 shadow-raised outline-none">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

type MenuItemProps = {
  readonly onChoose: () => void;
  /** One of several choices, and whether it is the one. */
  readonly checked?: boolean;
  readonly danger?: boolean;
  readonly children: ReactNode;
};

export function MenuItem({ onChoose, checked, danger = false, children }: MenuItemProps) {
  return (
    <Base.Item
      onClick={onChoose}
      className={`flex cursor-pointer items-center gap-2 px-3 py-1 outline-none data-[highlighted]:bg-sunken ${danger ? "text-failed" : ""}`}
    >
      {checked !== undefined && <span className="w-3">{checked && <Glyph name="tick" />}</span>}
      <span>
        {children}
        {checked && <span className="sr-only"> (chosen)</span>}
      </span>
    </Base.Item>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <p className="px-3 pt-2 pb-0.5 text-xs font-medium text-ink-3">{children}</p>;
}
