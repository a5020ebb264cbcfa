import type { Answer } from "../../api/client.ts";
import { SelectField } from "../../parts/field.tsx";

export type Kind = Answer<"readWorkspace">["kind"];

const kinds: Record<Kind, string> = {
  paid: "Its apps are notified.",
  development: "For building and testing: its apps are notified as those of a paid one.",
  trial:
    "Nothing new is made for the apps it owns, and their subscriptions cannot be saved. What waits still goes out; changing back needs no other step.",
};

type KindFieldProps = { readonly kind: Kind; readonly onChange: (kind: Kind) => void; readonly error: string | undefined };

export function KindField({ kind, onChange, error }: KindFieldProps) {
  return (
    <SelectField label="Kind" hint={kinds[kind]} value={kind} onChange={({ target }) => onChange(target.value as Kind)} error={error}>
      {Object.keys(kinds).map((each) => (
        <option key={each}>{each}</option>
      ))}
    </SelectField>
  );
}
