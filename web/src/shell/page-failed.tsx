import type { ErrorComponentProps } from "@tanstack/react-router";
import { ApiProblem } from "../api/client.ts";
import { Banner } from "../parts/banner.tsx";
import { Button } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemBanner } from "../parts/problem.tsx";

/** Stands in for a page that failed; the rest of the hub goes on. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  if (isNotLoaded(error)) return <PageNotLoaded />;
  const title = error instanceof ApiProblem ? "This cannot be shown" : "This page failed";
  return (
    <Page title={title} actions={<Button onClick={reset}>Try again</Button>}>
      <ProblemBanner error={error instanceof Error ? error : new Error(String(error))} />
    </Page>
  );
}

/** Each browser has words of its own for a file of the hub that did not come. */
const isNotLoaded = (error: unknown): boolean =>
  error instanceof TypeError && /dynamically imported module|importing a module script/i.test(error.message);

/** A browser remembers that a file did not come: only a whole reload asks for it again. */
function PageNotLoaded() {
  return (
    <Page title="This page did not load" actions={<Button onClick={() => location.reload()}>Load it again</Button>}>
      <Banner tone="bad" title="A part of the hub did not come from the server">
        Bellhop does not answer, or it was updated since this tab was opened.
      </Banner>
    </Page>
  );
}
