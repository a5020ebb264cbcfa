import type { ReactNode } from "react";
import { Code } from "./code.tsx";

type EmptyProps = {
  readonly title: string;
  readonly children?: ReactNode;
  /** What makes the first one, to be pasted into a shell. */
  readonly command?: string;
  readonly actions?: ReactNode;
};

/** Nothing is here: says whether there is none yet, none that matches, or none that may be seen, and what to do. */
export function Empty({ title, children, command, actions }: EmptyProps) {
  return (
    <div className="card flex flex-col items-center gap-3 px-6 py-10 text-center">
      <p className="text-lg font-semibold">{title}</p>
      {children && <div className="max-w-prose text-ink-2">{children}</div>}
      {actions && <div className="flex flex-wrap justify-center gap-2">{actions}</div>}
      {command && (
        <div className="w-full max-w-3xl text-left">
          <Code text={command} label="In a shell" />
        </div>
      )}
    </div>
  );
}
