// What the main thread of a page did, from a trace that the browser makes of itself.
import type { Page } from "playwright-core";

/** As Chromium writes it, in microseconds. `tdur`: the processor time of it, however long others were let in between. */
export type TraceEvent = {
  readonly name: string;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly data?: { readonly url?: string } };
};

/** Tasks, and the script that runs in them. */
const categories = ["toplevel", "devtools.timeline"];
const taskName = "ThreadControllerImpl::RunTask";
const scriptNames: ReadonlySet<string> = new Set(["FunctionCall", "EvaluateScript"]);

/** The events of all threads while the work was done. */
export async function recordTrace(page: Page, work: () => Promise<void>): Promise<TraceEvent[]> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: categories } });
  try {
    await work();
  } finally {
    const complete = new Promise((done) => session.once("Tracing.tracingComplete", done));
    await session.send("Tracing.end");
    await complete;
    await session.detach();
  }
  return events;
}

/** Of each task in which script of this origin ran, what it took of the processor: all of it, with layout and painting, in milliseconds. */
export function scriptTasksMs(events: readonly TraceEvent[], origin: string): number[] {
  const isScript = ({ name, args }: TraceEvent): boolean => scriptNames.has(name) && args?.data?.url?.startsWith(origin) === true;
  const thread = events.find(isScript);
  const ofThread = events.filter(({ pid, tid }) => pid === thread?.pid && tid === thread.tid);
  const starts = ofThread
    .filter(isScript)
    .map(({ ts }) => ts)
    .toSorted((a, b) => a - b);
  const tasks = ofThread.filter(({ name }) => name === taskName).toSorted((a, b) => a.ts - b.ts);
  let next = 0;
  const ours = tasks.filter(({ ts, dur = 0 }) => {
    while ((starts[next] ?? Infinity) < ts) next++;
    return (starts[next] ?? Infinity) < ts + dur;
  });
  return ours.map(({ tdur, dur }) => (tdur ?? dur ?? 0) / 1_000);
}
