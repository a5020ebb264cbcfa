import type { ReactNode, TdHTMLAttributes, ThHTMLAttributes } from "react";

/** `label` names the table for those who do not see it. Wider than the screen, it scrolls by itself. */
export function Table({ label, head, children }: { readonly label: string; readonly head: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="card scrolls-aside relative overflow-x-auto" tabIndex={0} role="region" aria-label={label}>
      <table className="w-full border-collapse text-left">
        <thead className="border-b border-line text-sm text-ink-3">
          <tr>{head}</tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  );
}

export function Th({ className = "", ...rest }: ThHTMLAttributes<HTMLTableCellElement>) {
  return <th scope="col" {...rest} className={`px-3 py-2 font-medium whitespace-nowrap ${className}`} />;
}

export function Td({ className = "", ...rest }: TdHTMLAttributes<HTMLTableCellElement>) {
  return <td {...rest} className={`px-3 py-2 align-top ${className}`} />;
}
