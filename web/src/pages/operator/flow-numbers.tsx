import type { ReactNode } from "react";
import { durationText } from "../../parts/time.tsx";
import { count, rateText } from "./flow-answer.ts";
import type { Flow } from "./flow-answer.ts";

export function Rates({ flow: { per_second: rates, backlog, at } }: { readonly flow: Flow }) {
  const [short, long] = [rates.over_10_s, rates.over_60_s];
  const age = (since: string | null): string => (since === null ? "none" : durationText(Math.max(0, Date.parse(at) - Date.parse(since))));
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-[10px] border border-line bg-line sm:grid-cols-4 xl:grid-cols-8">
      <Tile name="Published / s" about={`${rateText(long.published)} over a minute`}>
        {rateText(short.published)}
      </Tile>
      <Tile name="Delivered / s" about={`${rateText(long.delivered)} over a minute`} look="text-delivered">
        {rateText(short.delivered)}
      </Tile>
      <Tile name="Failed / s" about={`${rateText(long.failed)} over a minute`} look={short.failed > 0 ? "text-failed" : ""}>
        {rateText(short.failed)}
      </Tile>
      <Tile
        name="Backlog"
        about={backlog.behind_endpoint > 0 ? `${count(backlog.behind_endpoint)} wait for their endpoint` : "queued, due now"}
      >
        {count(backlog.queued)}
      </Tile>
      <Tile name="Oldest queued">{age(backlog.oldest_due_at)}</Tile>
      <Tile name="Retries planned">{count(backlog.retries_waiting)}</Tile>
      <Tile name="Held" look={backlog.held > 0 ? "text-held" : ""}>
        {backlog.held_exact || backlog.held === 0 ? "" : "about "}
        {count(backlog.held)}
      </Tile>
      <Tile name="Oldest undelivered">{age(backlog.oldest_undelivered_at)}</Tile>
    </dl>
  );
}

type TileProps = { readonly name: string; readonly about?: string; readonly look?: string; readonly children: ReactNode };

function Tile({ name, about, look = "", children }: TileProps) {
  return (
    <div className="flex flex-col gap-0.5 bg-surface px-3.5 py-2.5">
      <dt className="text-sm text-ink-3">{name}</dt>
      <dd>
        <p className={`text-xl font-semibold whitespace-nowrap ${look}`}>{children}</p>
        {about && <p className="text-sm text-ink-3">{about}</p>}
      </dd>
    </div>
  );
}

/** The places for requests: what is quick has its own, so that what is slow cannot take them. */
export function Lanes({ lanes: { fast, slow } }: { readonly lanes: Flow["lanes"] }) {
  return (
    <section aria-label="Places for requests" className="card grid gap-x-8 gap-y-3 p-4 sm:grid-cols-2">
      <Lane name="Fast lane" about="Requests younger than half a second." {...fast} />
      <Lane name="Slow lane" about="Older ones, and all of an endpoint that has one." {...slow} />
    </section>
  );
}

function Lane({ name, about, used, of }: Flow["lanes"]["fast"] & { readonly name: string; readonly about: string }) {
  const share = of === 0 ? 0 : Math.min(1, used / of);
  const full = used >= of;
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{name}</span>
        <span className={full ? "text-failed" : "text-ink-2"}>
          {count(used)} of {count(of)} places used{full && ", full"}
        </span>
      </div>
      <div
        role="meter"
        aria-label={`${name}: places used`}
        aria-valuenow={used}
        aria-valuemin={0}
        aria-valuemax={of}
        className="h-2 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={`h-full rounded-full ${full ? "bg-failed" : "bg-brass-fill"}`}
          style={{ width: `${used > 0 ? Math.max(0.6, share * 100) : 0}%` }}
        />
      </div>
      <p className="text-sm text-ink-3">{about}</p>
    </div>
  );
}
