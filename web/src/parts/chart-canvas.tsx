// The canvas of a chart, in a file of its own so that uPlot is loaded only where a chart is drawn. What it says is said in words
// by what is round it: a canvas says nothing to whoever cannot see it.
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useIsDark } from "../shell/theme.ts";
import type { ChartProps, ChartSeries } from "./chart.tsx";
import { axisTimeText } from "./chart-time.ts";
import { useZone } from "./time.tsx";

type CanvasProps = Pick<ChartProps, "label" | "times" | "stepS" | "series" | "valueText" | "onZoom" | "onPick"> & {
  readonly onHover: (index: number | null) => void;
};

const heightPx = 190;
/** A click that moved less is no drag. */
const stillPx = 4;
/** Room for the numbers beside the chart. */
const axisPx = 64;
/** And below it. */
const timesPx = 28;

export function ChartCanvas(props: CanvasProps) {
  const { label, times, stepS, series, valueText } = props;
  const box = useRef<HTMLDivElement>(null);
  const said = useRef(props);
  const isDark = useIsDark();
  const [zone] = useZone();
  useEffect(() => {
    said.current = props;
  });
  useEffect(() => {
    const into = box.current;
    if (!into || times.length === 0) return;
    const plot = new UPlot(optionsOf({ into, times, stepS, series, valueText, zone, said }), dataOf(times, series), into);
    const observer = new ResizeObserver(() => plot.setSize({ width: into.clientWidth, height: heightPx }));
    observer.observe(into);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [times, stepS, series, valueText, zone, isDark]);
  return <div ref={box} role="img" aria-label={label} className="min-h-47.5 cursor-crosshair" />;
}

const dataOf = (times: readonly number[], series: readonly ChartSeries[]): UPlot.AlignedData => [
  [...times],
  ...stacked(series).map((values) => [...values]),
];

/** A bar stands on those after it: the first is as high as all of them together. */
function stacked(series: readonly ChartSeries[]): (number | null)[][] {
  return series.map(({ kind, values }, at) => {
    if (kind === "line") return [...values];
    const below = series.slice(at + 1).filter((other) => other.kind === "bars");
    return values.map((value, index) => below.reduce((sum, other) => sum + (other.values[index] ?? 0), value ?? 0));
  });
}

type Drawn = Pick<ChartProps, "times" | "stepS" | "series" | "valueText"> & {
  readonly into: HTMLElement;
  readonly zone: "utc" | "local";
  readonly said: { readonly current: CanvasProps };
};

function optionsOf({ into, times, stepS, series, valueText, zone, said }: Drawn): UPlot.Options {
  const colour = (name: string): string => getComputedStyle(into).getPropertyValue(`--${name}`);
  const look = { stroke: colour("ink-3"), font: `12px ${getComputedStyle(into).fontFamily}`, ticks: { show: false } };
  const grid = { stroke: colour("line"), width: 1 };
  const spanS = (times.at(-1) ?? 0) - (times[0] ?? 0) + stepS;
  return {
    width: into.clientWidth,
    height: heightPx,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    tzDate: (seconds) => (zone === "utc" ? UPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC") : new Date(seconds * 1_000)),
    scales: {
      x: { range: [times[0] ?? 0, (times.at(-1) ?? 0) + stepS] },
      y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] },
    },
    axes: [
      {
        ...look,
        grid: { show: false },
        size: timesPx,
        space: 80,
        values: (_, splits) => splits.map((seconds) => axisTimeText(seconds, spanS, zone)),
      },
      { ...look, grid, size: axisPx, space: 36, values: (_, splits) => splits.map((value) => (value === null ? "" : valueText(value))) },
    ],
    series: [{}, ...series.map((each) => seriesOf(each, colour(each.colour)))],
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    hooks: {
      setCursor: [(plot) => said.current.onHover(indexAt(plot, stepS))],
      setSelect: [(plot) => zoomed(plot, said.current.onZoom)],
      ready: [(plot) => listenForPicks(plot, stepS, (index) => said.current.onPick?.(index))],
    },
  };
}

function seriesOf({ kind, dash }: ChartSeries, colour: string): UPlot.Series {
  if (kind === "line")
    return { stroke: colour, width: 1.6, ...(dash ? { dash: [...dash] } : {}), points: { show: true, size: 4, fill: colour } };
  return { fill: colour, width: 0, points: { show: false }, paths: barsOf() };
}

function barsOf(): UPlot.Series.PathBuilder {
  const bars = UPlot.paths.bars?.({ size: [0.82, 40], align: 1 });
  if (!bars) throw new Error("This build of uPlot draws no bars.");
  return bars;
}

function zoomed(plot: UPlot, onZoom: ChartProps["onZoom"]): void {
  const { left, width } = plot.select;
  if (width < stillPx) return;
  onZoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

function listenForPicks(plot: UPlot, stepS: number, onPick: (index: number) => void): void {
  let fromX = 0;
  plot.over.addEventListener("mousedown", ({ clientX }) => (fromX = clientX));
  plot.over.addEventListener("click", ({ clientX }) => {
    const index = indexAt(plot, stepS);
    if (Math.abs(clientX - fromX) < stillPx && index !== null) onPick(index);
  });
}

/** The step under the cursor. uPlot's own index is that of the nearest beginning, which may be the next step's. */
function indexAt({ cursor, data, posToVal }: UPlot, stepS: number): number | null {
  const [times] = data;
  if (cursor.left === undefined || cursor.left < 0 || times.length === 0) return null;
  const index = Math.floor((posToVal(cursor.left, "x") - (times[0] as number)) / stepS);
  return Math.max(0, Math.min(times.length - 1, index));
}
