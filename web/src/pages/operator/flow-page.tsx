// Everything flowing: is all well, and who is hurting whom? As it is this second.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ask } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";
import { buttonLook } from "../../parts/button.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { flowVerdict } from "./flow-answer.ts";
import type { Flow, FlowVerdict } from "./flow-answer.ts";
import { Busiest } from "./flow-busiest.tsx";
import { Lanes, Rates } from "./flow-numbers.tsx";
import { System } from "./flow-system.tsx";

const refreshMs = 1_500;
const brakesEveryMs = 5_000;

export function FlowPage() {
  const flow = useQuery({ ...ask("getFlow"), refetchInterval: refreshMs, staleTime: 0 });
  const brakes = useQuery({ ...ask("listBrakes", { query: { active: true, limit: 100 } }), refetchInterval: brakesEveryMs }).data;
  const braked = brakes?.data.length ?? 0;
  return (
    <Page
      title="Everything flowing"
      wide
      actions={
        <Link to="/operator/brakes" className={buttonLook()}>
          {braked === 0 ? "Brakes" : `${braked} ${braked === 1 ? "brake holds" : "brakes hold"}`}
        </Link>
      }
    >
      <Loaded of={flow}>{(now) => <Now flow={now} />}</Loaded>
    </Page>
  );
}

function Now({ flow }: { readonly flow: Flow }) {
  return (
    <div className="flex flex-col gap-5">
      <Verdict verdict={flowVerdict(flow)} />
      <Rates flow={flow} />
      <Lanes lanes={flow.lanes} />
      <Busiest busiest={flow.busiest} />
      <System flow={flow} />
    </div>
  );
}

function Verdict({ verdict: { tone, title, detail, noisy } }: { readonly verdict: FlowVerdict }) {
  return (
    <Banner
      tone={tone}
      title={title}
      actions={
        noisy && (
          <>
            <Link
              to="/operator/brakes"
              search={{ new: "1", subscription: noisy.subscription }}
              className={buttonLook("primary", true)}
              aria-label={`Brake it: ${noisy.subscription}`}
            >
              Brake it
            </Link>
            <Link
              to="/apps/$app/webhooks"
              params={{ app: noisy.app }}
              search={{ subscription: noisy.subscription }}
              className={buttonLook("secondary", true)}
            >
              Its settings
            </Link>
          </>
        )
      }
    >
      {detail}
    </Banner>
  );
}
