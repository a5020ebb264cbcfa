// Whatever has an id can be copied by one click or key.
import { useState } from "react";
import { Button } from "./button.tsx";
import { Glyph } from "./glyph.tsx";
import { useToast } from "./toast.tsx";

const shownMs = 1_500;

export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  const toast = useToast();
  const copy = (text: string): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), shownMs);
      },
      () => toast("The browser does not let this page copy; select the text instead."),
    );
  };
  return { copied, copy };
}

export function CopyButton({ text, label = "Copy" }: { readonly text: string; readonly label?: string }) {
  const { copied, copy } = useCopy();
  return (
    <Button small onClick={() => copy(text)}>
      {copied ? "Copied" : label}
    </Button>
  );
}

/** An id: shortened in the middle where asked, whole when copied. */
export function Id({ id, short = false }: { readonly id: string; readonly short?: boolean }) {
  const { copied, copy } = useCopy();
  return (
    <button
      type="button"
      title={`Copy ${id}`}
      onClick={(event) => {
        event.stopPropagation();
        copy(id);
      }}
      className="group inline-flex max-w-full items-center gap-1 rounded font-mono text-sm text-ink-2 hover:text-ink"
    >
      <span className="truncate">{short ? shortId(id) : id}</span>
      <span aria-hidden className="shrink-0 text-ink-3 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100">
        <Glyph name={copied ? "tick" : "copy"} />
      </span>
      <span className="sr-only" aria-live="polite">
        {copied ? "copied" : ""}
      </span>
    </button>
  );
}

/** `notif_…8f3c12`: the end tells ids of one moment apart. */
export function shortId(id: string): string {
  const [prefix, rest] = id.split("_", 2);
  return rest === undefined || rest.length < 14 ? id : `${prefix}_…${rest.slice(-6)}`;
}
