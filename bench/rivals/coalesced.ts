// Publishes that come within a moment of each other share one call of the library and one commit. None of the libraries does
// that by itself, and without it each costs several times as much.
import type { Job } from "./queue.ts";

const windowMs = 2;
const jobsMax = 500;
const callsMax = 2;

type Waiting = { readonly jobs: readonly Job[]; readonly resolve: () => void; readonly reject: (error: unknown) => void };

export function coalesced(add: (jobs: readonly Job[]) => Promise<void>): (jobs: readonly Job[]) => Promise<void> {
  let waiting: Waiting[] = [];
  let calls = 0;
  let timer: NodeJS.Timeout | null = null;

  const run = async (): Promise<void> => {
    timer = null;
    if (calls === callsMax || waiting.length === 0) return;
    const taken = takeSome(waiting);
    waiting = waiting.slice(taken.length);
    calls++;
    await add(taken.flatMap(({ jobs }) => jobs)).then(
      () => taken.forEach(({ resolve }) => resolve()),
      (error: unknown) => taken.forEach(({ reject }) => reject(error)),
    );
    calls--;
    if (waiting.length > 0) await run();
  };
  return (jobs) =>
    new Promise((resolve, reject) => {
      waiting.push({ jobs, resolve, reject });
      timer ??= setTimeout(() => void run(), windowMs);
    });
}

/** At least one, else as many as fit into a call. */
function takeSome(waiting: readonly Waiting[]): Waiting[] {
  let count = 0;
  const end = waiting.findIndex(({ jobs }, index) => (count += jobs.length) > jobsMax && index > 0);
  return waiting.slice(0, end === -1 ? waiting.length : end);
}
