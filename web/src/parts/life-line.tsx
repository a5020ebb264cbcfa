// A notification's life as a line: published at the bell, then a hop to each attempt, the longer the wait the higher; where it is
// now, and what comes next. The short one is for a row of the log.
import { useEffect, useRef, useState } from "react";
import { LifeMarkShape } from "./life-line-marks.tsx";
import { durationText, useTick } from "./time.tsx";
import { statusText } from "./status.tsx";
import type { NotificationStatus } from "./status.tsx";

const marksMax = 6;

type ShortProps = { readonly status: NotificationStatus; readonly attempts: number };

/**
 * In a row of the log: nothing to read there that the row does not say in words. What is not delivered has only attempts that failed;
 * of those of a delivered one a row does not say which failed, and each replay that was accepted is one too.
 */
export function ShortLifeLine({ status, attempts }: ShortProps) {
  const isDelivered = status === "delivered";
  const marks = Math.min(Math.max(0, attempts - (isDelivered ? 1 : 0)), marksMax);
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
      <path d="M1.4 8a2.8 2.8 0 0 1 5.6 0z" fill="var(--brass-fill)" />
      {Array.from({ length: marks }, (_, index) => 6 + (index + 1) * step).map((x) =>
        isDelivered ? (
          <circle key={x} cx={x} cy="6" r="1.8" fill="var(--line-strong)" />
        ) : (
          <path key={x} d={cross(x, 2)} stroke="var(--failed)" />
        ),
      )}
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
  /** Under the mark, a word or two. */
  readonly label: string;
  /** The whole sentence. */
  readonly text: string;
};

/** Above the highest hop its wait is written, below the ground two lines of text. */
const abovePx = 30;
const belowPx = 46;
const marginPx = 48;
/** Marks closer than this would lie on each other's labels. */
const apartPx = 66;
const hopMinPx = 7;
const hopMaxPx = 62;
/** What is drawn of a wait without a known end. */
const openPx = 60;
/** The wait whose hop is the highest. */
const longestMs = 86_400_000;

type LifeLineProps = {
  /** Oldest first. */
  readonly marks: readonly LifeMark[];
  /** It goes on, nobody knows when. */
  readonly isOpen?: boolean;
  /** The number of the attempt that is shown below. */
  readonly chosen: number | null;
  readonly onChoose: (attempt: number) => void;
};

/** Scrolls where there are more marks than room, and begins at the newest. */
export function LifeLine({ marks, isOpen = false, chosen, onChoose }: LifeLineProps) {
  const frame = useRef<HTMLDivElement>(null);
  const roomPx = useWidth(frame);
  const tailPx = isOpen ? openPx : 0;
  const places = placed(marks, Math.max(roomPx - tailPx, 2 * marginPx + (marks.length - 1) * apartPx));
  const widthPx = (places.at(-1)?.x ?? 0) + marginPx + tailPx;
  const groundPx = abovePx + Math.max(hopMinPx * 2, ...places.map((to, index) => hopPx(places[index - 1], to)));
  useEffect(() => {
    frame.current?.scrollTo({ left: widthPx });
  }, [widthPx]);
  return (
    <div ref={frame} className="overflow-x-auto" tabIndex={0} role="group" aria-label="Life line">
      <svg width={Math.max(widthPx, roomPx)} height={groundPx + belowPx} className="block" fill="none" strokeLinecap="round">
        <path d={`M${marginPx - 16} ${groundPx + 11}H${Math.max(widthPx, roomPx) - 12}`} className="stroke-line" strokeWidth="2" />
        {places.map((to, index) => {
          const from = places[index - 1];
          return from && <Hop key={`hop ${index}`} from={from} to={to} groundPx={groundPx} />;
        })}
        {isOpen && <OpenEnd x={places.at(-1)?.x ?? 0} y={groundPx} />}
        {places.map((place, index) => (
          <Mark
            key={index}
            place={place}
            groundPx={groundPx}
            isChosen={place.mark.attempt !== null && place.mark.attempt === chosen}
            onChoose={onChoose}
          />
        ))}
      </svg>
    </div>
  );
}

function useWidth(frame: { readonly current: HTMLDivElement | null }): number {
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (!frame.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 640)));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}

type Placed = { readonly mark: LifeMark; readonly x: number };

/** Seconds and days on one line: the distance is that of orders of magnitude. */
function placed(marks: readonly LifeMark[], widthPx: number): Placed[] {
  const weights = marks.map((mark, index) => (index === 0 ? 0 : 0.4 + magnitude(waitMs(marks[index - 1] as LifeMark, mark))));
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const spare = Math.max(0, Math.min(widthPx, 1_100) - 2 * marginPx - apartPx * (marks.length - 1));
  let x = marginPx;
  return marks.map((mark, index) => {
    if (index > 0) x += apartPx + ((weights[index] as number) / total) * spare;
    return { mark, x };
  });
}

const waitMs = (from: LifeMark, to: LifeMark): number => Math.max(0, Date.parse(to.at) - Date.parse(from.at));
/** 0 for a moment, 1 for a day. */
const magnitude = (ms: number): number => Math.min(1, Math.log10(1 + ms / 100) / Math.log10(1 + longestMs / 100));

const hopPx = (from: Placed | undefined, to: Placed): number =>
  from ? hopMinPx + (hopMaxPx - hopMinPx) * magnitude(waitMs(from.mark, to.mark)) : 0;

type HopProps = { readonly from: Placed; readonly to: Placed; readonly groundPx: number };

function Hop({ from, to, groundPx }: HopProps) {
  const ms = waitMs(from.mark, to.mark);
  const high = hopPx(from, to);
  const middle = (from.x + to.x) / 2;
  const isAhead = to.mark.kind === "next";
  const look = from.mark.kind === "held" ? "stroke-held" : isAhead ? "stroke-line-strong" : "stroke-brass-fill";
  return (
    <>
      <path
        d={`M${from.x} ${groundPx}Q${middle} ${groundPx - 2 * high} ${to.x} ${groundPx}`}
        className={look}
        strokeWidth="2.5"
        strokeDasharray={isAhead || from.mark.kind === "held" ? "1 7" : undefined}
      />
      <text x={middle} y={groundPx - high - 7} textAnchor="middle" className="fill-ink-3 text-xs">
        {durationText(ms)}
      </text>
      {isAhead && <Ball from={from} to={to} groundPx={groundPx} />}
    </>
  );
}

/** Where it is on its way to what comes next. */
function Ball({ from, to, groundPx }: HopProps) {
  const beganMs = Date.parse(from.mark.at);
  const share = useTick((nowMs) => Math.min(1, Math.max(0, (nowMs - beganMs) / Math.max(1, waitMs(from.mark, to.mark)))));
  const x = from.x + (to.x - from.x) * share;
  const y = groundPx - 4 * hopPx(from, to) * share * (1 - share);
  return <circle cx={x} cy={y} r="5.5" className="fill-retrying transition-[cx,cy] duration-1000 ease-linear" />;
}

type MarkProps = {
  readonly place: Placed;
  readonly groundPx: number;
  readonly isChosen: boolean;
  readonly onChoose: (attempt: number) => void;
};

function Mark({ place: { mark, x }, groundPx, isChosen, onChoose }: MarkProps) {
  const { kind, attempt, text } = mark;
  const [label, below] = linesOf(mark);
  const choose = kind === "attempt" && attempt !== null ? () => onChoose(attempt) : undefined;
  const press = choose && {
    role: "button",
    tabIndex: 0,
    "aria-pressed": isChosen,
    "aria-description": text,
    onClick: choose,
    onKeyDown: (event: { key: string; preventDefault: () => void }) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    },
  };
  return (
    <g {...press} className={choose ? "cursor-pointer" : ""}>
      {!choose && <title>{text}</title>}
      {isChosen && <circle cx={x} cy={groundPx} r="18" className="fill-brass-fill/25" />}
      <LifeMarkShape kind={kind} good={mark.good} x={x} y={groundPx} />
      <text x={x} y={groundPx + 27} textAnchor="middle" className={`text-xs ${isChosen ? "fill-ink font-semibold" : "fill-ink"}`}>
        {label}
      </text>
      <text x={x} y={groundPx + 41} textAnchor="middle" className="fill-ink-3 text-xs">
        {kind === "next" ? <Countdown at={mark.at} /> : below}
      </text>
    </g>
  );
}

/** Where the second line has nothing of its own to say it takes the words after the first: a mark has little room beside it. */
function linesOf({ kind, attempt, label }: LifeMark): readonly [string, string] {
  if (kind === "attempt") return [label, `attempt ${attempt}`];
  const [first = "", ...others] = label.split(" ");
  return [first, others.join(" ")];
}

function OpenEnd({ x, y }: { readonly x: number; readonly y: number }) {
  return (
    <>
      <path d={`M${x + 14} ${y}H${x + openPx}`} className="stroke-held" strokeWidth="2.5" strokeDasharray="1 7" />
      <circle cx={x + openPx + 8} cy={y} r="4.5" className="beating fill-held" />
    </>
  );
}

function Countdown({ at }: { readonly at: string }) {
  return useTick((nowMs) => (Date.parse(at) <= nowMs ? "due now" : `in ${durationText(Date.parse(at) - nowMs)}`));
}
