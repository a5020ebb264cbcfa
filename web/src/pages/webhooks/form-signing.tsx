import { CheckBox, SelectField, TextField } from "../../parts/field.tsx";
import type { Draft } from "./draft.ts";

type Props = {
  readonly draft: Draft;
  readonly hasSecret: boolean;
  readonly onChange: (part: Partial<Draft>) => void;
  readonly errorAt: (pointer: string) => string | undefined;
};

const kinds = [
  {
    id: "x-hub-signature",
    name: "X-Hub-Signature",
    hint: "HMAC-SHA1 of the body with the app's client secret, as receivers written for Intercom check it.",
  },
  { id: "standard-webhooks", name: "Standard Webhooks", hint: "webhook-signature: HMAC-SHA256 of id, time and body." },
] as const;

export function SigningFields({ draft, hasSecret, onChange, errorAt }: Props) {
  const toggle = (id: Draft["signatures"][number], on: boolean): void =>
    onChange({ signatures: kinds.map((kind) => kind.id).filter((kind) => (kind === id ? on : draft.signatures.includes(kind))) });
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">Signatures</legend>
        {kinds.map(({ id, name, hint }) => (
          <CheckBox
            key={id}
            label={name}
            hint={hint}
            checked={draft.signatures.includes(id)}
            onChange={({ target }) => toggle(id, target.checked)}
          />
        ))}
        {(errorAt("/signatures") ?? (draft.signatures.length === 0 ? "One signature at least is needed." : undefined)) && (
          <p role="alert" className="text-sm text-failed">
            {errorAt("/signatures") ?? "One signature at least is needed."}
          </p>
        )}
      </fieldset>
      <SelectField
        label="Secret of Standard Webhooks"
        value={draft.secret}
        onChange={({ target }) => onChange({ secret: target.value as Draft["secret"] })}
        hint="X-Hub-Signature is always keyed with the client secret."
      >
        {hasSecret && <option value="kept">This subscription’s own, as it is</option>}
        <option value="app">The app’s client secret</option>
        <option value="generate">{hasSecret ? "Make a new one" : "Make one for this subscription"}</option>
        <option value="given">Enter one</option>
      </SelectField>
      {draft.secret === "given" && (
        <TextField
          label="Signing secret"
          className="font-mono text-sm"
          placeholder="whsec_…"
          required
          value={draft.givenSecret}
          onChange={({ target }) => onChange({ givenSecret: target.value })}
          error={errorAt("/signing_secret")}
        />
      )}
    </div>
  );
}
