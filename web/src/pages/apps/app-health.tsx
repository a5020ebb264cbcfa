import type { Answer } from "../../api/client.ts";
import { Spark } from "../../parts/spark.tsx";
import { failedText } from "./apps-answer.ts";

export type AppHealthNumbers = Answer<"getAppsStatistics">["data"][number];

/** How an app fared in the last day: one line and its hours. `of` undefined: nothing happened. */
export function AppHealth({ of }: { readonly of: AppHealthNumbers | undefined }) {
  if (!of) return <p className="text-ink-3">Nothing was sent in the last 24 hours</p>;
  // Of what is only held there are numbers too, all of them zero.
  if (of.delivered + of.failed + of.ended === 0)
    return <p className="text-held">Nothing was sent in the last 24 hours: what happened is held or waits</p>;
  const { delivered, failed, ended, series } = of;
  return (
    <div className="flex flex-col gap-1">
      <p>
        <span className="text-delivered">{delivered.toLocaleString("en")} delivered</span>
        {failed + ended === 0 ? (
          <span className="text-ink-2">, none failed in the last 24 hours</span>
        ) : (
          <>
            , <span className="text-failed">{failedText(failed, ended)}</span>
            <span className="text-ink-2"> in the last 24 hours</span>
          </>
        )}
      </p>
      <Spark
        points={series.map((hour) => ({ good: hour.delivered, bad: hour.failed }))}
        label={`By hour: ${delivered.toLocaleString("en")} delivered, ${failed.toLocaleString("en")} failed`}
      />
    </div>
  );
}
