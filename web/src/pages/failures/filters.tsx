import type { Answer } from "../../api/client.ts";
import { SelectField } from "../../parts/field.tsx";
import { Time } from "../../parts/time.tsx";

type Subscription = Answer<"listSubscriptions">["data"][number];
type Change = { readonly since?: string | undefined; readonly until?: string | undefined; readonly subscription?: string | undefined };

const ranges = [
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
] as const;

type FiltersProps = {
  readonly since: string;
  readonly until: string | undefined;
  readonly subscription: string | undefined;
  readonly subscriptions: readonly Subscription[];
  readonly onChange: (change: Change) => void;
};

export function Filters({ since, until, subscription, subscriptions, onChange }: FiltersProps) {
  const isPreset = until === undefined && ranges.some(([value]) => value === since);
  return (
    <div className="flex flex-wrap items-end gap-3">
      <div className="w-48">
        <SelectField
          label="Made in"
          value={isPreset ? since : ""}
          onChange={({ target }) => onChange({ since: target.value, until: undefined })}
        >
          {!isPreset && <option value="">The range below</option>}
          {ranges.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
      </div>
      {subscriptions.length > 1 && (
        <div className="w-72 max-w-full">
          <SelectField
            label="Subscription"
            value={subscription ?? ""}
            onChange={({ target }) => onChange({ subscription: target.value || undefined })}
          >
            <option value="">All subscriptions</option>
            {subscriptions.map(({ id, name, url }) => (
              <option key={id} value={id}>
                {name ?? url}
              </option>
            ))}
          </SelectField>
        </div>
      )}
      {!isPreset && (
        <p className="pb-1.5 text-sm text-ink-3">
          <Moment at={since} /> to {until === undefined ? "now" : <Moment at={until} />}
        </p>
      )}
    </div>
  );
}

/** A time from the URL, which may be anything. */
const Moment = ({ at }: { readonly at: string }) => (Number.isFinite(Date.parse(at)) ? <Time at={at} exact /> : <>{at}</>);
