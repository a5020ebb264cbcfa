import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import { ApiProblem, call } from "../../api/client.ts";
import type { Answer, Body } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Skeleton } from "../../parts/loaded.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";

type ReplayBody = Body<"createReplay">;
type ReplayPreview = UseQueryResult<Answer<"createReplay">>;

/** How many it would be. Counted once for each question: what is asked for names its moments. */
export function useReplayPreview(body: ReplayBody | null): ReplayPreview {
  return useQuery({
    queryKey: ["createReplay", "preview", body],
    queryFn: ({ signal }) => call("createReplay", { body: { ...(body as ReplayBody), dry_run: true } }, signal),
    enabled: body !== null,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });
}

type PreviewProps = {
  readonly body: ReplayBody;
  readonly preview: ReplayPreview;
  readonly onRecount: () => void;
  readonly onStarted: () => void;
};

export function Preview({ body, preview, onRecount, onStarted }: PreviewProps) {
  const toast = useToast();
  const start = useCommand("createReplay", ["listReplays"], () => {
    toast("The replay has begun");
    onStarted();
  });
  if (preview.error) return <Refused error={preview.error} />;
  if (!preview.data) return <Skeleton lines={2} />;
  const { estimate, receivers } = preview.data;
  const isNone = estimate.exact && estimate.count === 0;
  return (
    <div className="flex flex-col gap-3" aria-busy={preview.isPlaceholderData}>
      <div aria-live="polite">
        <p className={`text-xl font-semibold ${preview.isPlaceholderData ? "text-ink-3" : ""}`}>{countText(estimate)}</p>
        <p className="max-w-prose text-ink-2">{isNone ? "Nothing in this range fits. Choose another range, or more of it." : receivers}</p>
      </div>
      <ProblemBanner error={start.error} />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          disabled={isNone || preview.isPlaceholderData}
          busy={start.isPending}
          onClick={() => start.mutate({ body })}
        >
          {isNone ? "Replay" : `Replay ${estimate.exact ? "" : "about "}${estimate.count.toLocaleString("en")}`}
        </Button>
        <Button onClick={onRecount} busy={preview.isFetching}>
          Count again
        </Button>
      </div>
    </div>
  );
}

function countText({ count, exact }: { readonly count: number; readonly exact: boolean }): string {
  if (count === 0 && exact) return "No notification";
  return `${exact ? "" : "About "}${count.toLocaleString("en")} ${count === 1 ? "notification" : "notifications"}`;
}

/** What is wrong with the range stands beside its fields. */
function Refused({ error }: { readonly error: Error }) {
  const isBeside = error instanceof ApiProblem && error.mistakes.length > 0 && error.mistakes.every(({ pointer }) => besides.has(pointer));
  return isBeside ? <p className="text-ink-2">Correct what is marked above, and it is counted.</p> : <ProblemBanner error={error} />;
}

const besides = new Set(["/since", "/until", "/subscription"]);
