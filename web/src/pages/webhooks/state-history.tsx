import { useInfiniteQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { askPages } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Id } from "../../parts/copy.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Section } from "../../parts/page.tsx";
import { State } from "../../parts/status.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";

type Change = Answer<"listSubscriptionStates">["data"][number];
type HistoryProps = { readonly app: string; readonly sub: string };

const shownAtFirst = 10;
/** What the log of changes calls what nobody did by hand. */
const ownActor = "engine";

export function StateHistory({ app, sub }: HistoryProps) {
  const asked = askPages("listSubscriptionStates", { params: { id: app, sub }, query: { limit: shownAtFirst } });
  const changes = useInfiniteQuery(asked);
  return (
    <Section title="History of states" about="Every change with its cause, and every warning.">
      <Loaded of={changes}>
        {({ pages }) => {
          const all = pages.flatMap(({ data }) => data);
          if (all.length === 0) return <p className="text-ink-2">None yet: it has been as it is since it was made.</p>;
          return (
            <div className="flex flex-col gap-3">
              <Table
                label="Changes of state"
                head={
                  <>
                    <Th>When</Th>
                    <Th>State</Th>
                    <Th className="w-full">Cause</Th>
                    <Th>By</Th>
                  </>
                }
              >
                {all.map((change, index) => (
                  <Row
                    key={`${change.at} ${change.state} ${change.warning_day}`}
                    change={change}
                    isFirst={index === all.length - 1 && !changes.hasNextPage}
                  />
                ))}
              </Table>
              {changes.hasNextPage && (
                <div>
                  <Button small busy={changes.isFetchingNextPage} onClick={() => void changes.fetchNextPage()}>
                    Show earlier ones
                  </Button>
                </div>
              )}
            </div>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Row({ change: { at, state, sentence, until, warning_day, by }, isFirst }: { readonly change: Change; readonly isFirst: boolean }) {
  return (
    <tr>
      <Td>
        <Time at={at} />
      </Td>
      <Td>{warning_day === null ? <State state={state} /> : <span className="whitespace-nowrap">warned, day {warning_day}</span>}</Td>
      <Td className="min-w-56">
        {sentence ?? (isFirst ? "The subscription was made." : "A topic was switched on.")}
        {until && (
          <span className="text-ink-3">
            {" "}
            Until <Time at={until} exact />.
          </span>
        )}
      </Td>
      <Td className="font-mono text-sm text-ink-3">{by === ownActor ? "Bellhop" : <Id id={by} />}</Td>
    </tr>
  );
}
