/** The bell on the counter. */
export function Mark({ className = "size-6" }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden>
      <circle cx="16" cy="6.5" r="2.5" className="fill-brass-fill" />
      <path d="M4 21a12 12 0 0 1 24 0z" className="fill-brass-fill" />
      <rect x="2" y="23" width="28" height="3.5" rx="1.75" className="fill-ink" />
    </svg>
  );
}
