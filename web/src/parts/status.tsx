// What became of a notification and what a subscription is doing: a dot of its own shape, and the word.
export const notificationStatuses = ["waiting", "retrying", "delivered", "failed", "held", "dropped", "canceled"] as const;
export type NotificationStatus = (typeof notificationStatuses)[number];
export type SubscriptionState = "live" | "paused" | "throttled" | "suspended" | "disabled" | "off";

export const statusText: Record<NotificationStatus, string> = {
  waiting: "text-waiting",
  retrying: "text-retrying",
  delivered: "text-delivered",
  failed: "text-failed",
  held: "text-held",
  dropped: "text-dropped",
  canceled: "text-canceled",
};

export function Status({ status }: { readonly status: NotificationStatus }) {
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${statusText[status]}`}>
      <Dot shape={shapes[status]} />
      {status}
    </span>
  );
}

const stateLooks: Record<SubscriptionState, { text: string; shape: Shape }> = {
  live: { text: "text-delivered", shape: "full" },
  paused: { text: "text-held", shape: "bars" },
  throttled: { text: "text-retrying", shape: "half" },
  suspended: { text: "text-failed", shape: "bars" },
  disabled: { text: "text-failed", shape: "cross" },
  off: { text: "text-ink-3", shape: "ring" },
};

export function State({ state }: { readonly state: SubscriptionState }) {
  const { text, shape } = stateLooks[state];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${text}`}>
      <Dot shape={shape} />
      {state}
    </span>
  );
}

type Sending = { readonly state: SubscriptionState; readonly backing_off_until: string | null; readonly brakes: readonly unknown[] };

/** What keeps a live one from sending as usual, each in a word. */
export const keptBack = ({ backing_off_until, brakes }: Omit<Sending, "state">): ("braked" | "backing off")[] => [
  ...(brakes.length > 0 ? (["braked"] as const) : []),
  ...(backing_off_until === null ? [] : (["backing off"] as const)),
];

const keptBackText = { braked: "text-held", "backing off": "text-retrying" };

/** With what keeps it back: the word live alone would not be true. */
export function SendingState({ of }: { readonly of: Sending }) {
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-3">
      <State state={of.state} />
      {keptBack(of).map((word) => (
        <span key={word} className={`text-sm whitespace-nowrap ${keptBackText[word]}`}>
          {word}
        </span>
      ))}
    </span>
  );
}

export type Shape = "full" | "ring" | "half" | "cross" | "bars" | "dash" | "dots";

const shapes: Record<NotificationStatus, Shape> = {
  waiting: "ring",
  retrying: "half",
  delivered: "full",
  failed: "cross",
  held: "bars",
  dropped: "dash",
  canceled: "dash",
};

/** 10 by 10, in the colour of its text. */
export function Dot({ shape }: { readonly shape: Shape }) {
  return (
    <svg
      viewBox="0 0 10 10"
      className="size-2.5 shrink-0"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      aria-hidden
    >
      {shape === "full" && <circle cx="5" cy="5" r="4" fill="currentColor" stroke="none" />}
      {shape === "ring" && <circle cx="5" cy="5" r="3.6" />}
      {shape === "half" && <path d="M5 1.4a3.6 3.6 0 1 0 3.6 3.6M5 1.4V5h3.6" />}
      {shape === "cross" && <path d="M2 2l6 6M8 2l-6 6" />}
      {shape === "bars" && <path d="M3.2 1.8v6.4M6.8 1.8v6.4" />}
      {shape === "dash" && <path d="M1.5 5h7" />}
      {shape === "dots" && <path d="M1.5 5h.01M5 5h.01M8.5 5h.01" />}
    </svg>
  );
}
