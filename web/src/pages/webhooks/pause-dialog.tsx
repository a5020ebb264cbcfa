import { useState } from "react";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { ApiProblem } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { SelectField } from "../../parts/field.tsx";
import { MomentField } from "../../parts/moment-field.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { subscriptionRoutesRead } from "./subscription-routes.ts";

const minuteMs = 60_000;
const lengths = [
  { name: "15 minutes", ms: 15 * minuteMs },
  { name: "an hour", ms: 60 * minuteMs },
  { name: "4 hours", ms: 240 * minuteMs },
  { name: "a day", ms: 1_440 * minuteMs },
] as const;
const openEnd = "open";
const untilTime = "time";

type Props = { readonly subscription: SubscriptionView; readonly open: boolean; readonly onClose: () => void };

export function PauseDialog({ subscription, open, onClose }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title="Pause">
      {open && <PauseForm subscription={subscription} onClose={onClose} />}
    </Dialog>
  );
}

function PauseForm({ subscription: { app, id, policy }, onClose }: Omit<Props, "open">) {
  const [length, setLength] = useState<string>(openEnd);
  const [moment, setMoment] = useState<string | null>(null);
  const pause = useCommand("pauseSubscription", subscriptionRoutesRead, onClose);
  const problem = pause.error instanceof ApiProblem ? pause.error : null;
  const drops = policy === "intercom" || (typeof policy === "object" && policy.pause === "drop");
  const submit = (): void => {
    const preset = lengths.find(({ name }) => name === length);
    const until = preset ? new Date(Date.now() + preset.ms).toISOString() : length === untilTime ? moment : null;
    pause.mutate({ params: { id: app, sub: id }, body: until === null ? {} : { until } });
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="text-ink-2">
        Nothing is sent meanwhile.{" "}
        {drops ? "By its policy, what happens in the pause is dropped." : "What happens in the pause is held, and sent afterwards."}
      </p>
      <SelectField label="For how long" value={length} onChange={({ target }) => setLength(target.value)}>
        <option value={openEnd}>Until somebody sets it live</option>
        {lengths.map(({ name }) => (
          <option key={name} value={name}>
            For {name}
          </option>
        ))}
        <option value={untilTime}>Until a time</option>
      </SelectField>
      {length === untilTime && <MomentField label="Until" required value={moment} onChange={setMoment} error={problem?.at("/until")} />}
      <ProblemBanner error={problem?.at("/until") && length === untilTime ? null : pause.error} />
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={pause.isPending}>
          Pause
        </Button>
      </DialogButtons>
    </form>
  );
}
