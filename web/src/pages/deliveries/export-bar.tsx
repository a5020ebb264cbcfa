import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Progress } from "../../parts/progress.tsx";
import type { ExportState } from "./export.ts";

type ExportBarProps = { readonly now: ExportState; readonly onStop: () => void };

/** How far an export is, and what came of it. */
export function ExportBar({ now: { format, rows, perSecond, isOver, isCut, error }, onStop }: ExportBarProps) {
  const close = (
    <Button small onClick={onStop}>
      {isOver ? "Close" : "Cancel the export"}
    </Button>
  );
  if (error)
    return (
      <div className="flex items-start gap-3">
        <div className="flex-1">
          <ProblemBanner error={error} />
        </div>
        {close}
      </div>
    );
  if (!isOver)
    return <Progress label={`Export as ${format}`} done={rows} of={null} perSecond={perSecond} secondsLeft={null} cancel={close} />;
  return (
    <Banner tone={isCut ? "warn" : "good"} title={`Exported ${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`} actions={close}>
      {isCut && "There are more rows than one export has. The last line of the file says where the next one goes on."}
    </Banner>
  );
}
