import { SelectField } from "../../parts/field.tsx";
import { labelOf } from "./use-replays.ts";
import type { Subscription } from "./use-replays.ts";

type SubscriptionSelectProps = {
  readonly subscriptions: readonly Subscription[];
  readonly value: string | undefined;
  /** What none chosen means; without it one is chosen always. */
  readonly all?: string | undefined;
  readonly error?: string | undefined;
  readonly onChange: (subscription: string | undefined) => void;
};

export function SubscriptionSelect({ subscriptions, value, all, error, onChange }: SubscriptionSelectProps) {
  return (
    <div className="max-w-md">
      <SelectField label="Subscription" value={value ?? ""} error={error} onChange={({ target }) => onChange(target.value || undefined)}>
        {all !== undefined && <option value="">{all}</option>}
        {subscriptions.map((subscription) => (
          <option key={subscription.id} value={subscription.id}>
            {labelOf(subscription)}
            {subscription.state === "live" ? "" : ` (${subscription.state})`}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
