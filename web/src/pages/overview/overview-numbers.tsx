// The totals, each leading to the notifications it counts.
import { Link } from "@tanstack/react-router";
import { searchText } from "@bellhop/contract/search";
import type { SearchFilters } from "@bellhop/contract/search";
import type { ReactNode } from "react";
import { durationText, exactText, useZone } from "../../parts/time.tsx";
import { count, latencyText } from "./overview-answer.ts";
import type { Statistics } from "./overview-answer.ts";

type NumbersProps = {
  readonly app: string;
  readonly statistics: Statistics;
  readonly subscription: string | undefined;
  readonly workspace: string | undefined;
  readonly nowMs: number;
};

export function Numbers({ app, statistics, subscription, workspace, nowMs }: NumbersProps) {
  const { totals, backlog, since, until } = statistics;
  const [zone] = useZone();
  const scope: SearchFilters = {
    ...(subscription === undefined ? {} : { subscription }),
    ...(workspace === undefined ? {} : { workspace }),
  };
  const inRange: SearchFilters = { ...scope, after: since, before: until };
  const oldest = backlog.oldest_undelivered_at;
  const backlogSize = backlog.waiting + backlog.retrying + backlog.held;
  return (
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded-[10px] border border-line bg-line sm:grid-cols-4 xl:grid-cols-7">
      <Tile name="Delivered" app={app} filters={{ ...inRange, status: "delivered" }} look="text-delivered">
        {count(totals.delivered)}
      </Tile>
      <Tile name="Failed attempts" app={app} filters={inRange} look={totals.failed > 0 ? "text-failed" : ""}>
        {count(totals.failed)}
      </Tile>
      <Tile name="Ended undelivered" app={app} filters={{ ...inRange, status: "failed" }} look={totals.ended > 0 ? "text-failed" : ""}>
        {count(totals.ended)}
      </Tile>
      <Tile name="p50 latency" about="half of the attempts">
        {latencyText(totals.p50_ms)}
      </Tile>
      <Tile name="p95 latency" about={`p99 ${latencyText(totals.p99_ms)}`}>
        {latencyText(totals.p95_ms)}
      </Tile>
      <Tile
        name="Backlog now"
        about={backlogSize === 0 ? "nothing waits" : partsOf(backlog)}
        app={app}
        filters={{ ...scope, status: fullest(backlog) }}
      >
        {backlog.exact ? "" : "about "}
        {count(backlogSize)}
      </Tile>
      <Tile name="Oldest undelivered" wide>
        {oldest === null ? (
          "none"
        ) : (
          <span title={`made ${exactText(oldest, zone)}`}>{durationText(Math.max(0, nowMs - Date.parse(oldest)))}</span>
        )}
      </Tile>
    </div>
  );
}

const partsOf = ({ waiting, retrying, held }: Statistics["backlog"]): string =>
  [waiting > 0 && `${count(waiting)} waiting`, retrying > 0 && `${count(retrying)} retrying`, held > 0 && `${count(held)} held`]
    .filter(Boolean)
    .join(", ");

function fullest({ waiting, retrying, held }: Statistics["backlog"]): string {
  if (held >= waiting && held >= retrying && held > 0) return "held";
  return retrying >= waiting && retrying > 0 ? "retrying" : "waiting";
}

type TileProps = {
  readonly name: string;
  readonly about?: string;
  readonly app?: string;
  readonly filters?: SearchFilters;
  readonly look?: string;
  /** Takes two places where there are few beside each other, so that none is empty. */
  readonly wide?: boolean;
  readonly children: ReactNode;
};

function Tile({ name, about, app, filters, look = "", wide = false, children }: TileProps) {
  return (
    <div className={`relative flex flex-col gap-0.5 bg-surface px-3.5 py-2.5 ${wide ? "col-span-2 xl:col-span-1" : ""}`}>
      <p className="text-sm text-ink-3">
        {app !== undefined && filters ? (
          <Link
            to="/apps/$app/deliveries"
            params={{ app }}
            search={{ q: searchText(filters) }}
            className="underline-offset-2 after:absolute after:inset-0 hover:underline"
          >
            {name}
          </Link>
        ) : (
          name
        )}
      </p>
      <p className={`text-xl font-semibold whitespace-nowrap ${look}`}>{children}</p>
      {about && <p className="text-sm text-ink-3">{about}</p>}
    </div>
  );
}
