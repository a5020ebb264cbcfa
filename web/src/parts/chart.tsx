// Numbers over time, as a picture or as a table: both are made of the same values, and a picture that cannot be drawn is a
// table. Dragging over the picture zooms; a click, and a row's link, lead to what a point is made of.
import { Component, Suspense, lazy, useState } from "react";
import type { ReactNode } from "react";
import { Table, Td, Th } from "./table.tsx";
import { Skeleton } from "./loaded.tsx";
import { exactText, useZone } from "./time.tsx";

export type ChartSeries = {
  readonly name: string;
  /** Bars stand on those of the series after it. */
  readonly kind: "bars" | "line";
  /** A colour's token, without `--`. */
  readonly colour: string;
  /** Of a line: tells lines apart without colour. */
  readonly dash?: readonly [number, number];
  readonly values: readonly (number | null)[];
};

export type ChartProps = {
  readonly title: string;
  /** What the picture shows, in words and numbers. */
  readonly label: string;
  /** Unix seconds, oldest first, `stepS` apart. */
  readonly times: readonly number[];
  readonly stepS: number;
  readonly series: readonly ChartSeries[];
  readonly valueText: (value: number) => string;
  readonly asTable: boolean;
  readonly onZoom: (fromS: number, toS: number) => void;
  readonly onPick?: (index: number) => void;
  /** The link of a row of the table. */
  readonly rowLink?: (index: number) => ReactNode;
};

const ChartCanvas = lazy(async () => ({ default: (await import("./chart-canvas.tsx")).ChartCanvas }));

export function Chart(props: ChartProps) {
  const { title, label, series, asTable, valueText } = props;
  const [hovered, setHovered] = useState<number | null>(null);
  const numbers = <ChartTable {...props} />;
  return (
    <figure className="flex flex-col gap-2" aria-label={title}>
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <span className="font-semibold">{title}</span>
        <span className="flex flex-wrap gap-x-4 text-sm text-ink-2">
          {hovered !== null && !asTable && <Moment at={props.times[hovered]} />}
          {series.map((each) => (
            <span key={each.name} className="inline-flex items-center gap-1.5">
              <Swatch series={each} />
              {each.name}
              {hovered !== null && !asTable && <b className="font-semibold text-ink">{textOf(each.values[hovered], valueText)}</b>}
            </span>
          ))}
        </span>
      </figcaption>
      {asTable ? (
        numbers
      ) : (
        <Undrawable instead={numbers}>
          <Suspense fallback={<Skeleton />}>
            <ChartCanvas {...props} label={label} onHover={setHovered} />
          </Suspense>
        </Undrawable>
      )}
    </figure>
  );
}

const textOf = (value: number | null | undefined, text: (value: number) => string): string =>
  value === null || value === undefined ? "none" : text(value);

function Moment({ at }: { readonly at: number | undefined }) {
  const [zone] = useZone();
  return at === undefined ? null : <span className="font-mono">{momentText(at, zone)}</span>;
}

/** Steps are whole minutes. */
const momentText = (at: number, zone: "utc" | "local"): string =>
  exactText(new Date(at * 1_000).toISOString(), zone).replace(/:\d\d\.\d{3}/, "");

function Swatch({ series: { kind, colour, dash } }: { readonly series: ChartSeries }) {
  return (
    <svg viewBox="0 0 18 10" className="h-2.5 w-4.5" aria-hidden>
      {kind === "bars" ? (
        <rect x="3" width="12" height="10" rx="1.5" style={{ fill: `var(--${colour})` }} />
      ) : (
        <path d="M0 5h18" style={{ stroke: `var(--${colour})` }} strokeWidth="2" strokeDasharray={dash?.join(" ")} />
      )}
    </svg>
  );
}

function ChartTable({ title, times, series, valueText, rowLink }: ChartProps) {
  const [zone] = useZone();
  const rows = times.flatMap((at, index) => (series.some(({ values }) => (values[index] ?? 0) !== 0) ? [{ at, index }] : []));
  if (rows.length === 0) return <p className="text-ink-2">Nothing in this range.</p>;
  return (
    <div className="max-h-96 overflow-y-auto">
      <Table
        label={`${title}, as a table`}
        head={
          <>
            <Th>From</Th>
            {series.map(({ name }) => (
              <Th key={name} className="text-right">
                {name}
              </Th>
            ))}
            {rowLink && <Th>Log</Th>}
          </>
        }
      >
        {rows.map(({ at, index }) => (
          <tr key={at}>
            <Td className="font-mono text-sm whitespace-nowrap">{momentText(at, zone)}</Td>
            {series.map(({ name, values }) => (
              <Td key={name} className="text-right whitespace-nowrap">
                {textOf(values[index], valueText)}
              </Td>
            ))}
            {rowLink && <Td>{rowLink(index)}</Td>}
          </tr>
        ))}
      </Table>
      {rows.length < times.length && (
        <p className="mt-1 text-sm text-ink-3">{times.length - rows.length} points without anything are left out.</p>
      )}
    </div>
  );
}

type UndrawableProps = { readonly instead: ReactNode; readonly children: ReactNode };

/** What cannot be drawn must not take the page with it. */
class Undrawable extends Component<UndrawableProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <>
        <p className="text-sm text-ink-3">This browser cannot draw the chart; here are its numbers.</p>
        {this.props.instead}
      </>
    );
  }
}
