import { Link } from "@tanstack/react-router";
import { searchWord } from "@bellhop/contract/search";
import type { Answer } from "../../api/client.ts";
import { Button } from "../../parts/button.tsx";
import { Id } from "../../parts/copy.tsx";
import { Dot } from "../../parts/status.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";

export type Brake = Answer<"listBrakes">["data"][number];

type ActiveProps = { readonly brakes: readonly Brake[]; readonly lifting: string | null; readonly onLift: (brake: Brake) => void };

export function ActiveBrakes({ brakes, lifting, onLift }: ActiveProps) {
  return (
    <Table
      label="Active brakes"
      head={
        <>
          <Th>Holds</Th>
          <Th>Why</Th>
          <Th>Ends</Th>
          <Th>Made</Th>
          <Th>
            <span className="sr-only">What can be done</span>
          </Th>
        </>
      }
    >
      {brakes.map((brake) => (
        <tr key={brake.id}>
          <Td>
            <Held brake={brake} />
          </Td>
          <Td className="min-w-48 wrap-anywhere">{brake.reason}</Td>
          <Td>
            <Time at={brake.until} />
          </Td>
          <Td>
            <Time at={brake.created_at} />
            <p className="text-sm whitespace-nowrap text-ink-3">by {brake.created_by}</p>
          </Td>
          <Td className="text-right">
            <Button small busy={lifting === brake.id} aria-label={`Lift now: ${namedBy(brake).value}`} onClick={() => onLift(brake)}>
              Lift now
            </Button>
          </Td>
        </tr>
      ))}
    </Table>
  );
}

export function PastBrakes({ brakes }: { readonly brakes: readonly Brake[] }) {
  if (brakes.length === 0) return null;
  return (
    <section className="flex flex-col gap-2" aria-label="Past">
      <h2 className="text-lg font-semibold">Past</h2>
      <Table
        label="Past brakes"
        head={
          <>
            <Th>Held</Th>
            <Th>Why</Th>
            <Th>Ended</Th>
            <Th>Made</Th>
          </>
        }
      >
        {brakes.map((brake) => (
          <tr key={brake.id} className="text-ink-2">
            <Td>
              <Named brake={brake} />
            </Td>
            <Td className="min-w-48 wrap-anywhere">{brake.reason}</Td>
            <Td>
              {brake.ends === "lifted" ? "lifted " : "by itself "}
              <Time at={brake.lifted_at ?? brake.until} />
            </Td>
            <Td>
              <Time at={brake.created_at} />
              <p className="text-sm whitespace-nowrap text-ink-3">by {brake.created_by}</p>
            </Td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Held({ brake }: { readonly brake: Brake }) {
  const { kind, value } = namedBy(brake);
  return (
    <div className="flex flex-col gap-0.5">
      <Named brake={brake} />
      {kind !== "host" && (
        <Link
          to="/operator/deliveries"
          search={{ q: `${searchWord(kind, value)} status:held` }}
          className="inline-flex w-fit items-center gap-1.5 text-sm text-held underline-offset-2 hover:underline"
        >
          <Dot shape="bars" />
          What is held
        </Link>
      )}
    </div>
  );
}

function Named({ brake }: { readonly brake: Brake }) {
  const { kind, value } = namedBy(brake);
  return (
    <p className="flex flex-wrap items-baseline gap-x-1.5">
      {kind} <Id id={value} />
    </p>
  );
}

function namedBy(brake: Brake): { kind: "workspace" | "app" | "subscription" | "host"; value: string } {
  if (brake.workspace_id !== null) return { kind: "workspace", value: brake.workspace_id };
  if (brake.app !== null) return { kind: "app", value: brake.app };
  if (brake.subscription !== null) return { kind: "subscription", value: brake.subscription };
  return { kind: "host", value: brake.host ?? "" };
}
