import type { ReactNode } from "react";

export type Tone = "note" | "good" | "warn" | "bad" | "held";

const tones: Record<Tone, { text: string; word: string }> = {
  note: { text: "text-waiting", word: "Note" },
  good: { text: "text-delivered", word: "Done" },
  warn: { text: "text-retrying", word: "Warning" },
  bad: { text: "text-failed", word: "Problem" },
  held: { text: "text-held", word: "Held" },
};

type BannerProps = {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  /** Buttons. */
  readonly actions?: ReactNode;
};

/** Something the reader should know before the rest of the page. */
export function Banner({ tone, title, children, actions }: BannerProps) {
  const { text, word } = tones[tone];
  return (
    <div role={tone === "bad" ? "alert" : "status"} className={`tint rounded-lg border border-current/35 px-3.5 py-2.5 ${text}`}>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-60 flex-1">
          <p className="font-semibold">
            <span className="sr-only">{word}: </span>
            {title}
          </p>
          {children && <div className="mt-0.5 text-ink">{children}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </div>
  );
}
