import { Button } from "../../parts/button.tsx";
import { inputLook } from "../../parts/field.tsx";
import type { HeaderDraft } from "./draft.ts";

type Props = {
  readonly headers: readonly HeaderDraft[];
  readonly onChange: (headers: HeaderDraft[]) => void;
  readonly error?: string | undefined;
};

/** Values are sealed once they are saved: they can be replaced, never read. */
export function HeadersField({ headers, onChange, error }: Props) {
  const change = (key: number, part: Partial<HeaderDraft>): void =>
    onChange(headers.map((header) => (header.key === key ? { ...header, ...part } : header)));
  const add = (): void =>
    onChange([...headers, { key: 1 + Math.max(-1, ...headers.map(({ key }) => key)), name: "", value: "", kept: false }]);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">Headers of your own</legend>
      {headers.map((header, index) => (
        <div key={header.key} className="grid grid-cols-[1fr_1fr_auto] items-center gap-2">
          <input
            aria-label={`Name of header ${index + 1}`}
            placeholder="Authorization"
            value={header.name}
            disabled={header.kept}
            onChange={({ target }) => change(header.key, { name: target.value })}
            className={`h-8 font-mono text-sm ${inputLook}`}
          />
          {header.kept ? (
            <span className="flex items-center justify-between gap-2">
              <span className="font-mono text-sm text-ink-3">
                <span aria-hidden>••••••••</span>
                <span className="sr-only">stored, not shown</span>
              </span>
              <Button small onClick={() => change(header.key, { kept: false })}>
                Replace
              </Button>
            </span>
          ) : (
            <input
              aria-label={`Value of header ${index + 1}`}
              value={header.value}
              onChange={({ target }) => change(header.key, { value: target.value })}
              className={`h-8 font-mono text-sm ${inputLook}`}
            />
          )}
          <Button
            small
            variant="quiet"
            aria-label={`Remove header ${header.name || index + 1}`}
            onClick={() => onChange(headers.filter(({ key }) => key !== header.key))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div>
        <Button small onClick={add}>
          Add a header
        </Button>
      </div>
      <p className="text-sm text-ink-3">Sent with every request. Values are kept sealed and never shown again.</p>
      {error && (
        <p role="alert" className="text-sm text-failed">
          {error}
        </p>
      )}
    </fieldset>
  );
}
