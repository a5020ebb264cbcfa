import { Link, useNavigate } from "@tanstack/react-router";
import { searchText } from "@bellhop/contract/search";
import type { SearchFilters } from "@bellhop/contract/search";
import { useMemo } from "react";
import { Button } from "../../parts/button.tsx";
import { Chart } from "../../parts/chart.tsx";
import type { ChartSeries } from "../../parts/chart.tsx";
import { count, latencyText } from "./overview-answer.ts";
import type { Statistics } from "./overview-answer.ts";

type Asked = { readonly subscription?: string | undefined; readonly workspace?: string | undefined; readonly table?: string | undefined };
type ChartsProps = { readonly app: string; readonly statistics: Statistics; readonly asked: Asked };

const from = "/apps/$app/overview";

export function OverviewCharts({ app, statistics, asked }: ChartsProps) {
  const navigate = useNavigate({ from });
  const { series, step_s: stepS } = statistics;
  const { times, outcomes, latencies } = useMemo(() => seriesOf(series), [series]);
  const asTable = asked.table !== undefined;
  const zoom = (fromS: number, toS: number): void => {
    const [since, until] = stepsAround(fromS, toS, stepS).map((seconds) => new Date(seconds * 1_000).toISOString());
    void navigate({ search: (old) => ({ ...old, since, until }) });
  };
  const searchAt = (index: number): { q: string } => ({ q: searchText(filtersAt(times[index] ?? 0, stepS, asked)) });
  const shared = {
    times,
    stepS,
    asTable,
    onZoom: zoom,
    onPick: (index: number) => void navigate({ to: "/apps/$app/deliveries", params: { app }, search: searchAt(index) }),
    rowLink: (index: number) => (
      <Link to="/apps/$app/deliveries" params={{ app }} search={searchAt(index)} className="underline underline-offset-2">
        Open
      </Link>
    ),
  };
  return (
    <section className="card flex flex-col gap-6 p-4" aria-label="Over time">
      <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-ink-3">
        <p>{asTable ? "Each row leads to its part of the log." : "Drag to zoom, click to open the log there."}</p>
        <Button
          small
          variant={asTable ? "primary" : "secondary"}
          aria-pressed={asTable}
          onClick={() => void navigate({ search: (old) => ({ ...old, table: asTable ? undefined : "1" }) })}
        >
          View as table
        </Button>
      </div>
      <Chart {...shared} title="Delivered and failed" label={outcomesLabel(statistics)} series={outcomes} valueText={count} />
      <Chart {...shared} title="Latency of attempts" label={latencyLabel(statistics)} series={latencies} valueText={latencyText} />
    </section>
  );
}

function seriesOf(series: Statistics["series"]): { times: number[]; outcomes: ChartSeries[]; latencies: ChartSeries[] } {
  return {
    times: series.map(({ at }) => Date.parse(at) / 1_000),
    outcomes: [
      { name: "Delivered", kind: "bars", colour: "delivered", values: series.map(({ delivered }) => delivered) },
      { name: "Failed attempts", kind: "bars", colour: "failed", values: series.map(({ failed }) => failed) },
    ],
    latencies: [
      { name: "p50", kind: "line", colour: "ink-3", values: series.map(({ p50_ms }) => p50_ms) },
      { name: "p95", kind: "line", colour: "waiting", dash: [6, 4], values: series.map(({ p95_ms }) => p95_ms) },
      { name: "p99", kind: "line", colour: "brass", dash: [2, 3], values: series.map(({ p99_ms }) => p99_ms) },
    ],
  };
}

/** Whole steps, at least one: a part of one could not be shown. */
const stepsAround = (fromS: number, toS: number, stepS: number): [number, number] => {
  const first = Math.floor(fromS / stepS) * stepS;
  return [first, Math.max(first + stepS, Math.ceil(toS / stepS) * stepS)];
};

function filtersAt(atS: number, stepS: number, { subscription, workspace }: Asked): SearchFilters {
  const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  return {
    after: iso(atS),
    before: iso(atS + stepS),
    ...(subscription === undefined ? {} : { subscription }),
    ...(workspace === undefined ? {} : { workspace }),
  };
}

function outcomesLabel({ totals, series }: Statistics): string {
  const worst = series.reduce((most, point) => (point.failed > most.failed ? point : most), series[0] ?? { failed: 0, at: "" });
  const most = worst.failed > 0 ? ` Most failed from ${worst.at}: ${count(worst.failed)}.` : "";
  return `${count(totals.delivered)} delivered and ${count(totals.failed)} failed attempts.${most}`;
}

const latencyLabel = ({ totals }: Statistics): string =>
  `Half of the attempts within ${latencyText(totals.p50_ms)}, 95 % within ${latencyText(totals.p95_ms)}, 99 % within ${latencyText(totals.p99_ms)}.`;
