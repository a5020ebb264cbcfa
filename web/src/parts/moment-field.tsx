// A day and a time, in UTC or local time as all exact times are; empty is null.
import { TextField } from "./field.tsx";
import { useZone } from "./time.tsx";
import type { Zone } from "./time.tsx";

type MomentFieldProps = {
  readonly label: string;
  /** ISO 8601. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly required?: boolean;
};

export function MomentField({ label, value, onChange, ...rest }: MomentFieldProps) {
  const [zone] = useZone();
  return (
    <TextField
      {...rest}
      type="datetime-local"
      label={`${label} (${zone === "utc" ? "UTC" : "local time"})`}
      value={value === null ? "" : shownMoment(value, zone)}
      onChange={({ target }) => onChange(target.value === "" ? null : readMoment(target.value, zone))}
    />
  );
}

/** `2026-11-24T10:00`, as the browser's field has it. */
export function shownMoment(value: string, zone: Zone): string {
  const date = new Date(value);
  const shiftMs = zone === "utc" ? 0 : date.getTimezoneOffset() * 60_000;
  return new Date(date.getTime() - shiftMs).toISOString().slice(0, 16);
}

export const readMoment = (typed: string, zone: Zone): string => new Date(zone === "utc" ? `${typed}Z` : typed).toISOString();
