// A field of a form: its label, what it is for, and what is wrong with it, beside it.
import { useId } from "react";
import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";

export const inputLook =
  "w-full rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink placeholder:text-ink-3 aria-invalid:border-failed disabled:bg-sunken disabled:text-ink-3";

type About = { readonly label: ReactNode; readonly hint?: ReactNode; readonly error?: string | null | undefined };
type Wiring = { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined };

/** Label, hint and error round any input: `<Field label="Name">{(wiring) => <input {...wiring} />}</Field>`. */
export function Field({ label, hint, error, children }: About & { readonly children: (wiring: Wiring) => ReactNode }) {
  const id = useId();
  const described = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(" ");
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-ink-3">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm text-failed">
          {error}
        </p>
      )}
    </div>
  );
}

export function TextField({ label, hint, error, className = "", ...input }: About & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => <input autoComplete="off" spellCheck={false} {...input} {...wiring} className={`h-8 ${inputLook} ${className}`} />}
    </Field>
  );
}

export function TextAreaField({ label, hint, error, className = "", ...input }: About & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => <textarea spellCheck={false} rows={4} {...input} {...wiring} className={`py-1.5 ${inputLook} ${className}`} />}
    </Field>
  );
}

export function SelectField({ label, hint, error, children, ...input }: About & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <select {...input} {...wiring} className={`h-8 ${inputLook}`}>
          {children}
        </select>
      )}
    </Field>
  );
}

export type CheckProps = { readonly label: ReactNode; readonly hint?: ReactNode } & Omit<InputHTMLAttributes<HTMLInputElement>, "type">;

export function CheckBox({ label, hint, ...input }: CheckProps) {
  const id = useId();
  return (
    <div className="grid grid-cols-[auto_1fr] items-start gap-x-2">
      <input
        type="checkbox"
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-0.75 size-3.5 accent-ink"
        {...input}
      />
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p id={`${id}-hint`} className="col-start-2 text-sm text-ink-3">
          {hint}
        </p>
      )}
    </div>
  );
}

type SwitchProps = {
  readonly label: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  readonly disabled?: boolean;
};

/** On or Off, and says so in a word. */
export function Switch({ label, on, onChange, disabled }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      disabled={disabled}
      onClick={() => onChange(!on)}
      className="inline-flex items-center gap-1.5 text-sm text-ink-2 disabled:opacity-50"
    >
      <span className={`flex h-4 w-7 items-center rounded-full border p-px ${on ? "border-ink bg-ink" : "border-line-strong bg-sunken"}`}>
        <span className={`size-3 rounded-full transition-transform ${on ? "translate-x-3 bg-on-ink" : "bg-ink-3"}`} />
      </span>
      <span aria-hidden className="w-6 text-left">
        {on ? "On" : "Off"}
      </span>
    </button>
  );
}
