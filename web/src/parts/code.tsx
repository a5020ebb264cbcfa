// Text of machines: commands, bodies, headers. Always text, never markup, whoever sent it.
import { CopyButton } from "./copy.tsx";
import { visibleText } from "./visible-text.ts";

type CodeProps = {
  readonly text: string;
  readonly label: string;
  /** Colours JSON's keys and values. */
  readonly json?: boolean;
  readonly tall?: boolean;
};

export function Code({ text, label, json = false, tall = false }: CodeProps) {
  return (
    <figure className="relative rounded-lg border border-line bg-sunken" aria-label={label}>
      <figcaption className="flex items-center justify-between gap-2 border-b border-line py-1 pr-1 pl-3 text-sm text-ink-3">
        {label}
        <CopyButton text={text} />
      </figcaption>
      <pre
        // Scrolls, so the keyboard must reach it.
        tabIndex={0}
        className={`overflow-auto px-3 py-2 font-mono text-sm leading-relaxed whitespace-pre-wrap wrap-anywhere ${tall ? "max-h-[60vh]" : "max-h-72"}`}
      >
        {json ? <Json text={visibleText(text)} /> : visibleText(text)}
      </pre>
    </figure>
  );
}

/** Beyond this colouring costs more than it helps. */
const colouredCharactersMax = 100_000;
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function Json({ text }: { readonly text: string }) {
  if (text.length > colouredCharactersMax) return text;
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(token)) {
    const look = match[1] === undefined ? "text-held" : match[2] === undefined ? "text-delivered" : "text-waiting";
    const shown = match[1] ?? match[0];
    parts.push(
      text.slice(from, match.index),
      <span key={match.index} className={look}>
        {shown}
      </span>,
    );
    from = match.index + shown.length;
  }
  return [...parts, text.slice(from)];
}

/** Indented, where it is JSON, without touching a token: large numbers and `1.0` stay as they were sent. */
export function indentJson(text: string): string {
  let [depth, quoted, out] = [0, false, ""];
  const line = (): string => `\n${"  ".repeat(depth)}`;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (quoted) {
      out += char;
      if (char === "\\") out += text[++at] ?? "";
      else if (char === '"') quoted = false;
    } else if (char === '"') {
      quoted = true;
      out += char;
    } else if (char === "{" || char === "[") {
      const close = char === "{" ? "}" : "]";
      const next = /^\s*(.)/.exec(text.slice(at + 1, at + 64))?.[1];
      if (next === close) {
        out += char + close;
        at = text.indexOf(close, at);
      } else {
        depth++;
        out += char + line();
      }
    } else if (char === "}" || char === "]") {
      depth = Math.max(0, depth - 1);
      out += line() + char;
    } else if (char === ",") out += char + line();
    else if (char === ":") out += ": ";
    else if (!/\s/.test(char)) out += char;
  }
  return out;
}
