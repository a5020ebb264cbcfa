// The frame of every page: its name, the answer to its reader's question in words and numbers, what can be done, and the rest.
import { useEffect } from "react";
import type { ReactNode } from "react";

type PageProps = {
  readonly title: string;
  /** The answer to the question with which one comes here. */
  readonly answer?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Lists use the whole width, forms do not. */
  readonly wide?: boolean;
  /** As high as the window on larger screens: what is in it scrolls by itself. */
  readonly fill?: boolean;
};

export function Page({ title, answer, actions, children, wide = false, fill = false }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Bellhop`;
  }, [title]);
  return (
    <div
      className={`mx-auto flex w-full flex-col gap-5 px-4 py-6 sm:px-8 ${wide ? "max-w-[100rem]" : "max-w-5xl"} ${
        fill ? "lg:h-[calc(100dvh-3rem)] lg:gap-3 lg:py-4" : ""
      }`}
    >
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-[min(100%,20rem)] flex-1">
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          {answer && <div className="mt-1 max-w-prose text-lg text-pretty text-ink-2">{answer}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

type SectionProps = {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

export function Section({ title, about, actions, children }: SectionProps) {
  return (
    <section className="card" aria-label={title}>
      <div className="flex flex-wrap items-start justify-between gap-3 border-b border-line px-4 py-3">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold">{title}</h2>
          {about && <p className="text-sm text-ink-3">{about}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      <div className="px-4 py-4">{children}</div>
    </section>
  );
}

/** Facts by name, two columns. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="grid grid-cols-[minmax(7rem,max-content)_1fr] gap-x-6 gap-y-2">{children}</dl>;
}

export function Fact({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  );
}
