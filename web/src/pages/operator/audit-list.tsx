import { Link } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { Id } from "../../parts/copy.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";

type Entry = Answer<"listAudit">["data"][number];
type Change = Entry["changes"][number];

const kinds: Record<Entry["kind"], string> = { made: "made", changed: "changed", ended: "ended" };
/** As many fields are read at a glance. */
const openMax = 5;

export function AuditList({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <Table
      label="Audit"
      head={
        <>
          <Th>When</Th>
          <Th>Who</Th>
          <Th>What</Th>
          <Th>From what to what</Th>
        </>
      }
    >
      {entries.map((entry) => (
        <tr key={entry.id}>
          <Td>
            <Time at={entry.at} />
          </Td>
          <Td>
            <Link
              to="/operator/audit"
              search={(old) => ({ ...old, actor: entry.actor.id })}
              className="font-medium underline-offset-2 hover:underline"
            >
              {entry.actor.name ?? entry.actor.id}
            </Link>
            {entry.actor.name !== null && <p className="font-mono text-sm text-ink-3">{entry.actor.id}</p>}
          </Td>
          <Td className="min-w-44">
            <p title={entry.summary ?? entry.action}>{whatOf(entry)}</p>
            <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-ink-3">
              {kinds[entry.kind]} <Id id={entry.subject} />
            </p>
          </Td>
          <Td className="min-w-64">
            <Changes entry={entry} />
          </Td>
        </tr>
      ))}
    </Table>
  );
}

/** What the route does, without its conditions. */
const whatOf = ({ summary, action }: Entry): string => (summary ?? action).replaceAll("`", "").split(/[;:] /)[0] as string;

function Changes({ entry: { kind, changes } }: { readonly entry: Entry }) {
  if (changes.length === 0) return <span className="text-ink-3">nothing that is kept</span>;
  const list = (
    <ul className="flex flex-col gap-0.5">
      {changes.map((change) => (
        <li key={change.field} className="wrap-anywhere">
          <span className="text-ink-3">{change.field}: </span>
          <FromTo change={change} kind={kind} />
        </li>
      ))}
    </ul>
  );
  if (changes.length <= openMax) return list;
  return (
    <details>
      <summary className="w-fit text-ink-2 hover:text-ink">
        {changes
          .slice(0, openMax)
          .map(({ field }) => field)
          .join(", ")}{" "}
        and {changes.length - openMax} more
      </summary>
      {list}
    </details>
  );
}

function FromTo({ change: { before, after }, kind }: { readonly change: Change; readonly kind: Entry["kind"] }) {
  if (kind === "made") return <Value of={after} />;
  if (kind === "ended") return <Value of={before} />;
  return (
    <>
      <Value of={before} /> <span aria-label="became">→</span> <Value of={after} />
    </>
  );
}

/** Text, whatever it is: it may be what somebody typed to be mean. */
function Value({ of }: { readonly of: unknown }) {
  if (of === null || of === undefined) return <span className="text-ink-3">none</span>;
  return <span className="font-mono text-sm">{typeof of === "string" ? of : JSON.stringify(of)}</span>;
}
