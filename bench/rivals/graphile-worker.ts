// As its page on performance advises: a local queue, completions in batches, many jobs in one call. The delay before the next
// fetch lets jobs gather, at the price of some milliseconds: without it each NOTIFY fetches a handful.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { attemptsMax, NotDelivered } from "./queue.ts";
import type { Deliver, Job, JobQueue } from "./queue.ts";

const concurrentJobs = 64;
const localQueueSize = 500;
const fetchDelayMs = 10;
const completeDelayMs = 50;
const connectionsMax = 12;

export async function startGraphileWorker(connectionString: string, _dataDir: string, deliver: Deliver): Promise<JobQueue> {
  const logger = new Logger(() => () => undefined);
  const preset = {
    worker: {
      connectionString,
      concurrentJobs,
      maxPoolSize: connectionsMax,
      localQueue: {
        size: localQueueSize,
        refetchDelay: { durationMs: fetchDelayMs, threshold: localQueueSize - 1, maxAbortThreshold: Infinity },
      },
      completeJobBatchDelay: completeDelayMs,
      failJobBatchDelay: completeDelayMs,
    },
  };
  const tools = await makeWorkerUtils({ connectionString, maxPoolSize: connectionsMax, logger });
  await tools.migrate();
  const runner = await run({
    preset,
    logger,
    noHandleSignals: true,
    taskList: {
      notify: async (payload, { job }) => {
        if (!(await deliver(payload as Job, job.attempts))) throw new NotDelivered();
      },
    },
  });
  const add = async (jobs: readonly Job[], runAt?: Date): Promise<void> => {
    const specs = jobs.map((payload) => ({ identifier: "notify", payload, maxAttempts: attemptsMax, ...(runAt && { runAt }) }));
    await tools.addJobs(specs);
  };
  return {
    add: (jobs) => add(jobs),
    addForLater: add,
    stop: async () => {
      await runner.stop();
      await tools.release();
    },
  };
}
