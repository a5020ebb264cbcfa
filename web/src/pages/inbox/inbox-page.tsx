// The test inbox: what arrived at this machine's own receiver, whether it was signed rightly, and what its paths answer.
import { useQuery } from "@tanstack/react-query";
import { Page } from "../../parts/page.tsx";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useSession } from "../../shell/session.ts";
import { Endpoints } from "./endpoints.tsx";
import { ReceivedList } from "./received-list.tsx";
import { verdictOf } from "./verdict.ts";
import type { Inbox } from "./verdict.ts";

const liveMs = 1_000;
const shownMax = 100;

export function InboxPage() {
  const { instance } = useSession();
  return instance.inbox ? <OpenInbox /> : <NoInbox />;
}

function NoInbox() {
  return (
    <Page title="Test inbox">
      <Empty title="There is no test inbox here">
        Only a Bellhop in local mode has one: on a loopback address, with its private PostgreSQL. This one sends to public https endpoints.
      </Empty>
    </Page>
  );
}

function OpenInbox() {
  const inbox = useQuery({ ...ask("readInbox", { query: { limit: shownMax } }), refetchInterval: liveMs });
  const empty = useCommand("emptyInbox", ["readInbox"]);
  const { data } = inbox;
  return (
    <Page
      title="Test inbox"
      answer={data ? answerOf(data) : "A receiver on this machine that says what arrived and how it was signed."}
      actions={
        data !== undefined &&
        data.total > 0 && (
          <Button busy={empty.isPending} onClick={() => empty.mutate({})}>
            Empty the inbox
          </Button>
        )
      }
      wide
    >
      <Loaded of={inbox}>
        {(shown) => (
          <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,1fr)_26rem]">
            <ReceivedList inbox={shown} />
            <Endpoints inbox={shown} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function answerOf({ total, received }: Inbox): string {
  if (total === 0) return "Nothing has arrived yet. It listens, and shows what comes within a second.";
  const count = (wanted: ReturnType<typeof verdictOf>): number => received.filter((each) => verdictOf(each) === wanted).length;
  const [wrong, unsigned] = [count("wrong"), count("unsigned")];
  const of = total > received.length ? `the newest ${received.length} of ${total.toLocaleString("en")}` : total.toLocaleString("en");
  if (wrong + unsigned === 0) return total === 1 ? "One request arrived, signed rightly." : `All ${of} that arrived are signed rightly.`;
  const parts = [wrong > 0 && `${wrong} signed wrongly`, unsigned > 0 && `${unsigned} not signed`].filter(Boolean);
  return `Of ${of} that arrived, ${parts.join(" and ")}.`;
}
