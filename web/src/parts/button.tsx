import type { ButtonHTMLAttributes, ReactNode } from "react";

type Variant = "primary" | "secondary" | "quiet" | "danger";

const looks: Record<Variant, string> = {
  primary: "bg-ink text-on-ink border-ink hover:opacity-85",
  secondary: "bg-surface text-ink border-line-strong hover:border-ink-2",
  quiet: "border-transparent text-ink-2 hover:bg-sunken hover:text-ink",
  danger: "bg-surface text-failed border-failed/60 hover:border-failed",
};

/** For what looks like a button and is a link. */
export const buttonLook = (variant: Variant = "secondary", small = false): string =>
  `inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none transition-colors disabled:opacity-50 aria-busy:opacity-50 ${
    small ? "h-7 px-2 text-sm" : "h-8 px-3 text-base"
  } ${looks[variant]}`;

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly variant?: Variant;
  readonly small?: boolean;
  /** Under way: pressing it again does nothing. It is not disabled, since that would take the focus from whoever pressed it by key. */
  readonly busy?: boolean;
  readonly children: ReactNode;
};

export function Button({ variant, small, busy = false, className = "", children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      // Also what submits a form by Enter is a click on its button.
      onClick={busy ? (event) => event.preventDefault() : onClick}
      aria-disabled={busy || undefined}
      aria-busy={busy}
      className={`${buttonLook(variant, small)} ${className}`}
    >
      {busy && <span className="size-3 animate-spin rounded-full border-2 border-current border-r-transparent" aria-hidden />}
      {children}
    </button>
  );
}
