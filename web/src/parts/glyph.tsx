// The few signs there are, drawn: no font need have them.
const paths = {
  down: "M2.5 4.5L6 8l3.5-3.5",
  right: "M4.5 2.5L8 6l-3.5 3.5",
  copy: "M4 4V1.8h6.2V8H8M1.8 4H8v6.2H1.8z",
  tick: "M2 6.5L4.8 9.2L10 3",
  close: "M2.5 2.5l7 7M9.5 2.5l-7 7",
} as const;

export function Glyph({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg viewBox="0 0 12 12" className="inline size-3 shrink-0" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden>
      <path d={paths[name]} />
    </svg>
  );
}
