import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { isSessionEnded } from "../api/queries.ts";
import { ProblemBanner } from "./problem.tsx";

type Asked<T> = Pick<UseQueryResult<T>, "data" | "error"> & { readonly failureReason?: Error | null };
type LoadedProps<T> = { readonly of: Asked<T>; readonly children: (data: T) => ReactNode };

/** What was asked for, once it is there; else why not. A failed refresh keeps what is there and says so above, or the shell does. */
export function Loaded<T>({ of: { data, error, failureReason = null }, children }: LoadedProps<T>) {
  // What failed and is tried again is no reason to look busy.
  const why = error ?? failureReason;
  if (data === undefined) return why ? <ProblemBanner error={why} /> : <Skeleton />;
  return (
    <>
      <ProblemBanner error={isSessionEnded(error) ? null : error} />
      {children(data)}
    </>
  );
}

export function Skeleton({ lines = 4 }: { readonly lines?: number }) {
  return (
    <div className="late flex flex-col gap-2.5" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="beating h-4 rounded bg-sunken" style={{ width: `${90 - ((line * 37) % 50)}%` }} />
      ))}
    </div>
  );
}
