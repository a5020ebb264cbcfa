// Everything about one notification below its first sentences: the life line, the attempts, what it is about, the signature.
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { LifeLine } from "../../parts/life-line.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Section } from "../../parts/page.tsx";
import { SignatureTester } from "../tools/signature-tester.tsx";
import { About } from "./about.tsx";
import { AttemptTabs } from "./attempt-tabs.tsx";
import { AttemptView } from "./attempt-view.tsx";
import { CompareView } from "./compare-view.tsx";
import { lifeMarks } from "./life-marks.ts";
import { Timeline } from "./timeline.tsx";
import type { Attempt, Attempts, Notification } from "./use-notification.ts";

type Changes = { readonly attempt?: string | undefined; readonly compare?: string | undefined };

type DetailProps = {
  readonly notification: Notification;
  readonly attempts: UseQueryResult<Attempts>;
  readonly attempt: string | undefined;
  readonly compare: string | undefined;
  readonly onChange: (changes: Changes) => void;
  /** There is a list beside it. */
  readonly narrow?: boolean;
};

export function NotificationDetail({ notification, attempts, attempt, compare, onChange, narrow = false }: DetailProps) {
  const marks = useMemo(() => lifeMarks(notification.timeline), [notification.timeline]);
  const chosen = chosenAttempt(attempts.data?.data ?? [], attempt);
  const isWaiting = ["waiting", "held", "retrying"].includes(notification.status) && marks.at(-1)?.kind !== "next";
  const choose = (number: number): void => onChange({ attempt: String(number), compare: undefined });
  return (
    <>
      <div className="card px-2 pt-3 pb-1">
        <LifeLine marks={marks} isOpen={isWaiting} chosen={chosen?.attempt ?? null} onChoose={choose} />
      </div>
      <div className={narrow ? "flex flex-col gap-4" : "grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_25rem]"}>
        <div className="flex min-w-0 flex-col gap-4">
          <Loaded of={attempts}>
            {({ data }) => (
              <AttemptsSection
                attempts={data}
                chosen={chosen}
                compare={compare}
                onChoose={choose}
                onChange={onChange}
                notification={notification}
              />
            )}
          </Loaded>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Section title="About it">
            <About notification={notification} />
          </Section>
          <Section title="Timeline">
            <Timeline timeline={notification.timeline} onChoose={choose} />
          </Section>
        </div>
      </div>
    </>
  );
}

type AttemptsProps = {
  readonly notification: Notification;
  readonly attempts: readonly Attempt[];
  readonly chosen: Attempt | undefined;
  readonly compare: string | undefined;
  readonly onChoose: (attempt: number) => void;
  readonly onChange: (changes: Changes) => void;
};

function AttemptsSection({ notification, attempts, chosen, compare, onChoose, onChange }: AttemptsProps) {
  if (!chosen)
    return (
      <Section title="Attempts">
        <p className="text-ink-2">No request has been made for it.</p>
      </Section>
    );
  const other = attempts.find((each) => String(each.attempt) === compare && each !== chosen);
  return (
    <>
      <AttemptTabs
        attempts={attempts}
        chosen={chosen}
        compare={other}
        onChoose={onChoose}
        onCompare={(number) => onChange({ attempt: String(chosen.attempt), compare: number })}
      />
      {other ? (
        <CompareView before={earlier(chosen, other)} after={later(chosen, other)} />
      ) : (
        <>
          <AttemptView key={chosen.attempt} attempt={chosen} said={notification.cause.sentence} />
          {chosen.request && (
            <Section title="Verify this signature" about="Checked in this page; nothing is sent anywhere.">
              <SignatureTester
                key={chosen.attempt}
                app={notification.app}
                sent={chosen.body_verified ? { headers: chosen.request.headers, body: chosen.request.body } : undefined}
              />
            </Section>
          )}
        </>
      )}
    </>
  );
}

const earlier = (one: Attempt, other: Attempt): Attempt => (one.attempt < other.attempt ? one : other);
const later = (one: Attempt, other: Attempt): Attempt => (one.attempt < other.attempt ? other : one);

/** The one that the URL names, else the newest. */
export function chosenAttempt(attempts: readonly Attempt[], named: string | undefined): Attempt | undefined {
  return attempts.find(({ attempt }) => String(attempt) === named) ?? attempts.at(-1);
}

/** The number of the attempt before or after, as the URL has it. */
export function stepAttempt(attempts: readonly Attempt[] | undefined, named: string | undefined, by: number): string | undefined {
  if (!attempts || attempts.length === 0) return undefined;
  const from = attempts.indexOf(chosenAttempt(attempts, named) as Attempt);
  return String(attempts[Math.min(attempts.length - 1, Math.max(0, from + by))]?.attempt);
}
