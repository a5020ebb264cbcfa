import { useMemo, useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { Choice } from "../../parts/choice.tsx";
import { CheckBox } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { BeyondNote, CauseNote } from "./cause-note.tsx";
import { Preview, useReplayPreview } from "./preview.tsx";
import { includeOf, includes, momentsOf, replayBody } from "./question.ts";
import type { Question } from "./question.ts";
import { RangeFields } from "./range-fields.tsx";
import { SubscriptionSelect } from "./subscription-select.tsx";
import { TopicChoice } from "./topic-choice.tsx";
import type { Subscription } from "./use-replays.ts";

type NewReplayProps = {
  readonly app: string;
  readonly subscriptions: readonly Subscription[];
  readonly question: Question;
  readonly onChange: (change: Question) => void;
  readonly onClose: () => void;
};

/** What is asked for is in the URL; how many that is stands below it before anything is sent. */
export function NewReplay({ subscriptions, question, onChange, onClose }: NewReplayProps) {
  // One that is named and not there is never taken for another: what is sent again would go elsewhere.
  const isNamed = question.subscription !== undefined;
  const subscription = isNamed ? subscriptions.find(({ id }) => id === question.subscription) : subscriptions[0];
  const [asOfMs, setAsOfMs] = useState(() => Date.now());
  const { since, until } = question;
  // "Now" stays what it was when this was counted, so that what is sent is what was counted.
  const moments = useMemo(() => momentsOf({ since, until }, asOfMs), [since, until, asOfMs]);
  const body = subscription && moments ? replayBody(question, subscription.id, moments) : null;
  const preview = useReplayPreview(body);
  const problem = preview.error instanceof ApiProblem ? preview.error : null;
  const change = (next: Question): void => {
    setAsOfMs(Date.now());
    onChange(next);
  };
  const isMissed = includeOf(question) === "missed";
  return (
    <Section title="New replay" actions={<Button onClick={onClose}>Close</Button>}>
      <div className="grid grid-cols-1 gap-x-10 gap-y-5 lg:grid-cols-2">
        <div className="flex flex-col gap-5">
          <SubscriptionSelect
            subscriptions={subscriptions}
            value={subscription?.id}
            all={subscription ? undefined : "Choose one"}
            error={problem?.at("/subscription")}
            onChange={(chosen) =>
              change({ subscription: chosen, topics: undefined, reason: undefined, code: undefined, beyond: undefined })
            }
          />
          <RangeFields question={question} moments={moments} problem={problem} onChange={change} />
        </div>
        <div className="flex flex-col gap-5">
          <Choice label="What to send again" value={includeOf(question)} options={includes} onChange={(include) => change({ include })} />
          <CauseNote question={question} />
          <BeyondNote question={question} />
          {subscription && <TopicChoice subscription={subscription} question={question} onChange={change} />}
          <CheckBox
            label="Give each a new id"
            hint={isMissed ? "Always so for what was missed." : "Makes new notifications of copies of the events."}
            checked={isMissed || question.new_id !== undefined}
            disabled={isMissed}
            onChange={({ target }) => change({ new_id: target.checked ? "1" : undefined })}
          />
        </div>
      </div>
      <div className="mt-5 border-t border-line pt-4">
        {body === null ? (
          <Banner tone="warn" title={subscription ? "This is no range of time" : "This subscription is not there any more"}>
            Choose one above.
          </Banner>
        ) : (
          <Preview body={body} preview={preview} onRecount={() => setAsOfMs(Date.now())} onStarted={onClose} />
        )}
      </div>
    </Section>
  );
}
