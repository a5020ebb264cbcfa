import type { ApiProblem } from "../../api/client.ts";
import { Choice } from "../../parts/choice.tsx";
import { MomentField } from "../../parts/moment-field.tsx";
import { Time } from "../../parts/time.tsx";
import { presets, rangeOf } from "./question.ts";
import type { Moments, Question, Range } from "./question.ts";

const ranges: readonly { readonly value: Range; readonly label: string }[] = [...presets, { value: "custom", label: "Custom range" }];

type RangeFieldsProps = {
  readonly question: Question;
  readonly moments: Moments | null;
  readonly problem: ApiProblem | null;
  readonly onChange: (change: Question) => void;
};

/** When what is sent again was made. A custom range begins as what was chosen before. */
export function RangeFields({ question, moments, problem, onChange }: RangeFieldsProps) {
  const range = rangeOf(question);
  const choose = (chosen: Range): void => onChange(chosen === "custom" ? { ...moments } : { since: chosen, until: undefined });
  return (
    <div className="flex flex-col gap-3">
      <Choice label="Made in" value={range} options={ranges} onChange={choose} inline />
      {range === "custom" ? (
        <div className="grid gap-3 sm:grid-cols-2">
          <MomentField
            label="From"
            required
            value={moments?.since ?? null}
            onChange={(since) => since !== null && onChange({ since, until: question.until ?? moments?.until })}
            error={problem?.at("/since")}
          />
          <MomentField
            label="To"
            value={question.until === undefined ? null : (moments?.until ?? null)}
            hint="Empty: until now"
            onChange={(until) => onChange({ since: moments?.since, until: until ?? undefined })}
            error={problem?.at("/until")}
          />
        </div>
      ) : (
        moments && (
          <p className="text-sm text-ink-3">
            <Time at={moments.since} exact /> to <Time at={moments.until} exact />
          </p>
        )
      )}
    </div>
  );
}
