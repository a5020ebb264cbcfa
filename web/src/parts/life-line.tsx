// A notification's life as a line: published at the bell, one mark for each attempt, where it is now, and what comes next.
import { durationText } from "./time.tsx";
import { statusText } from "./status.tsx";
import type { NotificationStatus } from "./status.tsx";

const marksMax = 6;

type ShortProps = { readonly status: NotificationStatus; readonly attempts: number };

/** In a row of the log: nothing to read there that the row does not say in words. */
export function ShortLifeLine({ status, attempts }: ShortProps) {
  const failed = Math.max(0, attempts - (status === "delivered" ? 1 : 0));
  const marks = Math.min(failed, marksMax);
  const step = 9;
  const end = 6 + (marks + 1) * step;
  return (
    <svg
      viewBox="0 0 76 12"
      className={`h-3 w-19 shrink-0 ${statusText[status]}`}
      fill="none"
      strokeWidth="1.6"
      strokeLinecap="round"
      aria-hidden
    >
      <path d={`M4 6H${6 + marks * step}`} stroke="var(--line-strong)" />
      <path d={`M${6 + marks * step} 6H${end}`} stroke="currentColor" strokeDasharray={isOpen(status) ? "1 3" : undefined} />
      <circle cx="4" cy="6" r="2" fill="var(--ink-3)" />
      {Array.from({ length: marks }, (_, index) => (
        <path key={index} d={cross(6 + (index + 1) * step - (status === "delivered" ? 0 : 0), 2)} stroke="var(--failed)" />
      ))}
      <End status={status} x={end + 3} />
    </svg>
  );
}

const isOpen = (status: NotificationStatus): boolean => status === "waiting" || status === "retrying" || status === "held";
const cross = (x: number, r: number): string => `M${x - r} ${6 - r}l${2 * r} ${2 * r}M${x + r} ${6 - r}l${-2 * r} ${2 * r}`;

function End({ status, x }: { readonly status: NotificationStatus; readonly x: number }) {
  if (status === "delivered") return <circle cx={x} cy="6" r="3.4" fill="currentColor" />;
  if (status === "held") return <path d={`M${x - 1.6} 3v6M${x + 1.6} 3v6`} stroke="currentColor" />;
  if (isOpen(status)) return <circle cx={x} cy="6" r="2.8" stroke="currentColor" fill="var(--surface)" />;
  return <path d={`M${x} 2.4v7.2`} stroke="currentColor" strokeWidth="2.2" />;
}

export type LifeMark = {
  readonly kind: "published" | "attempt" | "held" | "ended" | "next";
  readonly at: string;
  readonly attempt: number | null;
  /** An attempt that was answered by any 2xx. */
  readonly good: boolean;
  readonly text: string;
};

const width = 1_000;
const margin = 36;
/** Marks closer than this would lie on each other. */
const apart = 44;

/** The whole life, wide; seconds and days on one line, so its scale is that of orders of magnitude. */
export function LifeLine({ marks, nowMs, chosen, onChoose }: LifeLineProps) {
  const places = placed(marks);
  const last = places.findLast(({ mark }) => mark.kind !== "next");
  const next = places.find(({ mark }) => mark.kind === "next");
  return (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label="Life line">
      <svg viewBox={`0 0 ${width} 96`} className="h-24 w-full min-w-160" fill="none" strokeLinecap="round">
        <path d={`M${margin} 44H${last?.x ?? margin}`} stroke="var(--brass-fill)" strokeWidth="3" />
        {next && <path d={`M${last?.x ?? margin} 44H${next.x}`} stroke="var(--line-strong)" strokeWidth="3" strokeDasharray="1 8" />}
        {places.map(({ mark, x }, index) => (
          <Gap key={`gap ${index}`} from={places[index - 1]} to={{ mark, x }} />
        ))}
        {places.map(({ mark, x }, index) => (
          <Mark key={index} mark={mark} x={x} nowMs={nowMs} chosen={mark.attempt !== null && mark.attempt === chosen} onChoose={onChoose} />
        ))}
      </svg>
    </div>
  );
}

type LifeLineProps = {
  readonly marks: readonly LifeMark[];
  readonly nowMs: number;
  /** The number of the attempt that is shown below. */
  readonly chosen: number | null;
  readonly onChoose: (attempt: number) => void;
};

type Placed = { readonly mark: LifeMark; readonly x: number };

function placed(marks: readonly LifeMark[]): Placed[] {
  const times = marks.map(({ at }) => Date.parse(at));
  const steps = times.map((time, index) => (index === 0 ? 0 : 1 + Math.log10(1 + Math.max(0, time - (times[index - 1] as number)) / 100)));
  const total = steps.reduce((sum, step) => sum + step, 0) || 1;
  const room = width - 2 * margin;
  const least = Math.min(apart, room / Math.max(1, marks.length - 1));
  const stretch = (room - least * (marks.length - 1)) / total;
  let x = margin;
  return marks.map((mark, index) => {
    if (index > 0) x += least + (steps[index] as number) * stretch;
    return { mark, x };
  });
}

/** How long it took from one mark to the next, where there is room to say so. */
function Gap({ from, to }: { readonly from: Placed | undefined; readonly to: Placed }) {
  if (!from || to.x - from.x < 70) return null;
  return (
    <text x={(from.x + to.x) / 2} y="32" textAnchor="middle" className="fill-ink-3 text-xs">
      {durationText(Date.parse(to.mark.at) - Date.parse(from.mark.at))}
    </text>
  );
}

type MarkProps = {
  readonly mark: LifeMark;
  readonly x: number;
  readonly nowMs: number;
  readonly chosen: boolean;
  readonly onChoose: (attempt: number) => void;
};

function Mark({ mark, x, nowMs, chosen, onChoose }: MarkProps) {
  const choose = mark.kind === "attempt" && mark.attempt !== null ? () => onChoose(mark.attempt as number) : undefined;
  const label = mark.kind === "next" ? `next in ${durationText(Math.max(0, Date.parse(mark.at) - nowMs))}` : mark.text;
  return (
    <g
      {...(choose
        ? {
            role: "button",
            tabIndex: 0,
            "aria-pressed": chosen,
            "aria-label": `Attempt ${mark.attempt}: ${mark.text}`,
            onClick: choose,
            onKeyDown: (event) => (event.key === "Enter" || event.key === " ") && choose(),
          }
        : {})}
    >
      <title>{mark.text}</title>
      {chosen && <circle cx={x} cy="44" r="16" className="fill-brass-fill/25" />}
      <MarkShape mark={mark} x={x} />
      <text x={x} y="78" textAnchor="middle" className={`text-xs ${chosen ? "fill-ink font-semibold" : "fill-ink-2"}`}>
        {label}
      </text>
    </g>
  );
}

function MarkShape({ mark, x }: { readonly mark: LifeMark; readonly x: number }) {
  if (mark.kind === "published")
    return (
      <path
        d={`M${x - 10} 50a10 10 0 0 1 20 0zM${x} 40v-4M${x - 12} 54h24`}
        className="fill-brass-fill stroke-brass-fill"
        strokeWidth="3"
      />
    );
  if (mark.kind === "held") return <path d={`M${x - 4} 36v16M${x + 4} 36v16`} className="stroke-held" strokeWidth="4" />;
  if (mark.kind === "ended") return <path d={`M${x} 32v24`} className="stroke-failed" strokeWidth="5" />;
  if (mark.kind === "next") return <circle cx={x} cy="44" r="7" className="fill-surface stroke-retrying" strokeWidth="3" />;
  if (mark.good) return <circle cx={x} cy="44" r="10" className="fill-delivered" />;
  return (
    <>
      <circle cx={x} cy="44" r="10" className="fill-surface stroke-failed" strokeWidth="3" />
      <path d={`M${x - 3.5} 40.5l7 7M${x + 3.5} 40.5l-7 7`} className="stroke-failed" strokeWidth="2.5" />
    </>
  );
}
