// The way of a notification, drawn: what happens in a workspace rings the bell, is signed and sent, and sent again until the
// endpoint has accepted it. Across where there is room, downwards on a phone.
const label =
  "Something happens in a workspace where your app is installed; Bellhop keeps it and signs it; your endpoint answers with any 2xx, or it is sent again, for up to three days.";

export function WayDrawing() {
  return (
    <figure className="card overflow-hidden px-4 py-6" aria-label="The way of a notification">
      <Across />
      <Down />
    </figure>
  );
}

const text = { middle: "middle", start: "start" } as const;

function Across() {
  return (
    <svg viewBox="0 16 880 206" className="hidden w-full sm:block" fill="none" strokeLinecap="round" role="img" aria-label={label}>
      <path d="M186 92H352" stroke="var(--line-strong)" strokeWidth="2" strokeDasharray="1 7" />
      <path d="M344 86l8 6-8 6" stroke="var(--line-strong)" strokeWidth="2" strokeLinejoin="round" />
      <path d="M508 80H690" stroke="var(--brass-fill)" strokeWidth="3" />
      <path d="M681 73l10 7-10 7" stroke="var(--brass-fill)" strokeWidth="3" strokeLinejoin="round" />
      <path d="M692 106H512" stroke="var(--delivered)" strokeWidth="2" />
      <path d="M520 100l-8 6 8 6" stroke="var(--delivered)" strokeWidth="2" strokeLinejoin="round" />
      <path d="M760 146c0 52-330 52-330 6" stroke="var(--retrying)" strokeWidth="2" strokeDasharray="2 7" />
      <path d="M423 160l7-9 7 9" stroke="var(--retrying)" strokeWidth="2" strokeLinejoin="round" />
      <Word x={600} y={66} words="POST, signed" look="fill-brass" />
      <Word x={602} y={126} words="any 2xx: delivered" look="fill-delivered" />
      <Word x={595} y={206} words="no answer or no 2xx: again after 5 s, 5 min, … for three days" look="fill-retrying" />
      <g transform="translate(110 92)">
        <Workspace />
      </g>
      <g transform="translate(430 92)">
        <Bell />
      </g>
      <g transform="translate(760 92)">
        <Endpoint />
      </g>
      <Word x={110} y={168} words="Something happens" look="fill-ink font-semibold" />
      <Word x={110} y={187} words="where your app is installed" look="fill-ink-3" />
      <Word x={430} y={40} words="Bellhop" look="fill-ink font-semibold" />
      <Word x={760} y={40} words="Your endpoint" look="fill-ink font-semibold" />
    </svg>
  );
}

function Down() {
  return (
    <svg
      viewBox="0 0 340 470"
      className="mx-auto w-full max-w-sm sm:hidden"
      fill="none"
      strokeLinecap="round"
      role="img"
      aria-label={label}
    >
      <path d="M80 116V176" stroke="var(--line-strong)" strokeWidth="2" strokeDasharray="1 7" />
      <path d="M74 169l6 8 6-8" stroke="var(--line-strong)" strokeWidth="2" strokeLinejoin="round" />
      <path d="M70 288V370" stroke="var(--brass-fill)" strokeWidth="3" />
      <path d="M63 361l7 10 7-10" stroke="var(--brass-fill)" strokeWidth="3" strokeLinejoin="round" />
      <path d="M94 372V290" stroke="var(--delivered)" strokeWidth="2" />
      <path d="M88 298l6-8 6 8" stroke="var(--delivered)" strokeWidth="2" strokeLinejoin="round" />
      <path d="M144 420c44 0 44-190 4-190" stroke="var(--retrying)" strokeWidth="2" strokeDasharray="2 7" />
      <path d="M155 223l-8 7 8 7" stroke="var(--retrying)" strokeWidth="2" strokeLinejoin="round" />
      <g transform="translate(80 66)">
        <Workspace />
      </g>
      <g transform="translate(80 232)">
        <Bell />
      </g>
      <g transform="translate(80 420)">
        <Endpoint />
      </g>
      <Word x={172} y={60} words="Something happens" look="fill-ink font-semibold" anchor={text.start} />
      <Word x={172} y={79} words="where your app is installed" look="fill-ink-3" anchor={text.start} />
      <Word x={192} y={228} words="Bellhop" look="fill-ink font-semibold" anchor={text.start} />
      <Word x={192} y={247} words="keeps it, signs it" look="fill-ink-3" anchor={text.start} />
      <Word x={192} y={318} words="no 2xx: again, after" look="fill-retrying" anchor={text.start} />
      <Word x={192} y={337} words="5 s, 5 min, … 3 days" look="fill-retrying" anchor={text.start} />
      <Word x={192} y={424} words="Your endpoint" look="fill-ink font-semibold" anchor={text.start} />
      <Word x={192} y={443} words="any 2xx: delivered" look="fill-delivered" anchor={text.start} />
    </svg>
  );
}

type WordProps = {
  readonly x: number;
  readonly y: number;
  readonly words: string;
  readonly look: string;
  readonly anchor?: "middle" | "start";
};

const Word = ({ x, y, words, look, anchor = text.middle }: WordProps) => (
  <text x={x} y={y} textAnchor={anchor} className={`text-base ${look}`}>
    {words}
  </text>
);

/** A window with a ticket in it, and a spark where something changed. */
const Workspace = () => (
  <>
    <rect x="-62" y="-42" width="124" height="88" rx="9" fill="var(--surface)" stroke="var(--line-strong)" strokeWidth="2" />
    <path d="M-62 -24H62" stroke="var(--line)" strokeWidth="2" />
    <path d="M-52 -33h.01M-44 -33h.01M-36 -33h.01" stroke="var(--line-strong)" strokeWidth="4" />
    <path d="M-46 -8h56M-46 8h72M-46 24h40" stroke="var(--line-strong)" strokeWidth="4" />
    <circle cx="48" cy="-42" r="13" fill="var(--brass-fill)" stroke="var(--surface)" strokeWidth="4" />
    <path d="M48 -48v12M42 -42h12" stroke="var(--on-ink)" strokeWidth="2.4" />
  </>
);

/** The house's own: a reception bell on its counter. */
const Bell = () => (
  <>
    <path d="M-42 22a42 42 0 0 1 84 0z" fill="var(--brass-fill)" />
    <path d="M-26 14a28 28 0 0 1 12 -24" stroke="var(--surface)" strokeWidth="4" opacity="0.55" />
    <path d="M0 -21v-9" stroke="var(--brass-fill)" strokeWidth="6" />
    <path d="M-9 -33H9" stroke="var(--brass-fill)" strokeWidth="6" />
    <path d="M-54 34H54" stroke="var(--ink)" strokeWidth="7" />
    <path d="M-58 -14c-6 -10 -6 -20 0 -30M58 -14c6 -10 6 -20 0 -30" stroke="var(--brass)" strokeWidth="2" />
  </>
);

/** A server, and its light. */
const Endpoint = () => (
  <>
    <rect x="-58" y="-38" width="116" height="36" rx="7" fill="var(--surface)" stroke="var(--line-strong)" strokeWidth="2" />
    <rect x="-58" y="8" width="116" height="36" rx="7" fill="var(--surface)" stroke="var(--line-strong)" strokeWidth="2" />
    <circle cx="-38" cy="-20" r="6" fill="var(--delivered)" />
    <circle cx="-38" cy="26" r="6" fill="var(--delivered)" />
    <path d="M-16 -20H40M-16 26H22" stroke="var(--line-strong)" strokeWidth="4" />
  </>
);
