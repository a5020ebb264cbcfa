import type { ErrorComponentProps } from "@tanstack/react-router";
import { ApiProblem } from "../api/client.ts";
import { Button } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemBanner } from "../parts/problem.tsx";

/** Stands in for a page that failed; the rest of the hub goes on. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const title = error instanceof ApiProblem ? "This cannot be shown" : "This page failed";
  return (
    <Page title={title} actions={<Button onClick={reset}>Try again</Button>}>
      <ProblemBanner error={error instanceof Error ? error : new Error(String(error))} />
    </Page>
  );
}
