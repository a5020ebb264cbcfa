import { useId } from "react";
import type { ReactNode } from "react";

type ChoiceProps<T extends string> = {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly hint?: ReactNode }[];
  readonly onChange: (value: T) => void;
  /** In one line, for short labels without hints. */
  readonly inline?: boolean;
};

/** One of a few, all of them in sight. */
export function Choice<T extends string>({ label, value, options, onChange, inline = false }: ChoiceProps<T>) {
  const id = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium">{label}</legend>
      <div className={`flex ${inline ? "flex-wrap gap-x-5 gap-y-1" : "flex-col gap-1.5"}`}>
        {options.map((option) => (
          <div key={option.value} className="grid grid-cols-[auto_1fr] items-start gap-x-2">
            <input
              type="radio"
              id={`${id}-${option.value}`}
              name={id}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              aria-describedby={option.hint ? `${id}-${option.value}-hint` : undefined}
              className="mt-0.75 size-3.5 accent-ink"
            />
            <label htmlFor={`${id}-${option.value}`}>{option.label}</label>
            {option.hint && (
              <p id={`${id}-${option.value}-hint`} className="col-start-2 text-sm text-ink-3">
                {option.hint}
              </p>
            )}
          </div>
        ))}
      </div>
    </fieldset>
  );
}
