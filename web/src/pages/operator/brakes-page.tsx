// What the operator holds back, why and until when.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ask, askPages, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { NewBrake } from "./brakes-new.tsx";
import { ActiveBrakes, PastBrakes } from "./brakes-table.tsx";
import type { Brake } from "./brakes-table.tsx";

const route = getRouteApi("/shell/operator/brakes");
/** A brake that somebody else makes, or that ends by itself, is seen here within it. */
const refreshMs = 5_000;

export function BrakesPage() {
  const { new: isNew, ...named } = route.useSearch();
  const navigate = useNavigate({ from: "/operator/brakes" });
  const toast = useToast();
  const active = useQuery({ ...ask("listBrakes", { query: { active: true, limit: 100 } }), refetchInterval: refreshMs });
  const past = useInfiniteQuery(askPages("listBrakes", { query: { active: false, limit: 50 } }));
  const lift = useCommand("liftBrake", ["listBrakes"], () => toast("The brake is lifted; what it held is sent."));
  const open = (yes: boolean): void => void navigate({ search: yes ? { new: "1" } : {} });
  useShortcuts("Brakes", { n: { does: "New brake", run: () => open(true) } });
  return (
    <Page
      title="Brakes"
      answer={active.data && brakesAnswer(active.data.data, active.data.next_cursor !== null)}
      actions={
        <Button variant="primary" onClick={() => open(true)}>
          New brake
        </Button>
      }
    >
      <ProblemBanner error={lift.error} />
      <Loaded of={active}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="Nothing is braked" actions={<Button onClick={() => open(true)}>New brake</Button>}>
              A brake stops the sending to an endpoint or a host, for an app, or of a workspace’s events, for a while. What it names is
              held, nothing is lost, and it ends by itself.
            </Empty>
          ) : (
            <ActiveBrakes
              brakes={data}
              lifting={lift.isPending ? (lift.variables.params?.id ?? null) : null}
              onLift={({ id }) => lift.mutate({ params: { id } })}
            />
          )
        }
      </Loaded>
      <PastBrakes brakes={past.data?.pages.flatMap(({ data }) => data) ?? []} />
      {past.hasNextPage && (
        <Button busy={past.isFetchingNextPage} onClick={() => void past.fetchNextPage()}>
          Show more
        </Button>
      )}
      <NewBrake open={isNew !== undefined} named={named} onClose={() => open(false)} />
    </Page>
  );
}

function brakesAnswer(brakes: readonly Brake[], more: boolean): string {
  if (brakes.length === 0) return "Nothing is held by hand.";
  const count = `${brakes.length}${more ? " or more" : ""} ${brakes.length === 1 ? "brake holds" : "brakes hold"}`;
  return `${count} notifications back now. Each ends by itself, and what it held is sent then.`;
}
