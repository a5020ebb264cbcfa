import { namedPolicies } from "@bellhop/contract/policies";
import { CheckBox, SelectField, TextField } from "../../parts/field.tsx";
import { policyTimeoutMs, waitsMistake } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { pauseText } from "./policy-text.ts";
import { waitsText } from "./waits.ts";

type Props = {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
  readonly errorAt: (pointer: string) => string | undefined;
};

export function SendingFields({ draft, onChange, errorAt }: Props) {
  const { policy } = draft;
  const named = policy === "own" ? null : namedPolicies[policy];
  const timeoutMs = policyTimeoutMs(policy === "intercom" ? "intercom" : "durable");
  return (
    <div className="flex flex-col gap-4">
      <SelectField
        label="Retries"
        value={policy}
        onChange={({ target }) => onChange({ policy: target.value as Draft["policy"] })}
        hint={named && `Again after ${waitsText(named.waitsS)}, until one is accepted. ${pauseText(named.pause)}`}
        error={errorAt("/policy")}
      >
        <option value="durable">durable: nine more attempts over three days</option>
        <option value="intercom">intercom: one more attempt after a minute</option>
        <option value="own">Waits of your own</option>
      </SelectField>
      {policy === "own" && (
        <>
          <TextField
            label="Waits between attempts"
            value={draft.waits}
            onChange={({ target }) => onChange({ waits: target.value })}
            hint="1 to 20, each 1 s to 48 h, together at most 4 days; e.g. 30 s, 5 min, 2 h."
            error={waitsMistake(draft)}
          />
          <SelectField
            label="In a pause"
            value={draft.pause}
            onChange={({ target }) => onChange({ pause: target.value as Draft["pause"] })}
          >
            <option value="hold">Hold what happens, send it afterwards</option>
            <option value="drop">Drop what happens</option>
          </SelectField>
        </>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Time to answer, in seconds"
          type="number"
          min={1}
          max={30}
          step="any"
          placeholder={String(timeoutMs / 1_000)}
          value={draft.timeoutSeconds}
          onChange={({ target }) => onChange({ timeoutSeconds: target.value })}
          hint="For the whole exchange, DNS and connect included."
          error={errorAt("/timeout_ms")}
        />
        <TextField
          label="Requests at a time"
          type="number"
          min={1}
          max={100}
          placeholder="8"
          value={draft.maxInFlight}
          onChange={({ target }) => onChange({ maxInFlight: target.value })}
          hint="The most; fewer while the endpoint is slow or fails."
          error={errorAt("/max_in_flight")}
        />
      </div>
      <CheckBox
        label="In order"
        hint="One at a time for each ordering_key, in the order they were published; one that fails holds back its key."
        checked={draft.ordered}
        onChange={({ target }) => onChange({ ordered: target.checked })}
      />
    </div>
  );
}
