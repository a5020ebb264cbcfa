// As its documents advise for volume: `insert` of many, batches, LISTEN, and fetching on while batches come back full. One worker with
// large batches is the cheapest that was found: four with 100 each fetch handfuls, which costs a third more or worse. A receiver that hangs
// holds up the batch that it is in either way.
import { PgBoss } from "pg-boss";
import { attemptsMax, retrySeconds } from "./queue.ts";
import type { Deliver, Job, JobQueue } from "./queue.ts";

const queue = "notify";
const workers = 1;
const batchSize = 500;
const connectionsMax = 12;
const pollSeconds = 0.5;
const keptSeconds = 3_600;

export async function startPgBoss(connectionString: string, _dataDir: string, deliver: Deliver): Promise<JobQueue> {
  const boss = new PgBoss({ connectionString, max: connectionsMax, useListenNotify: true });
  boss.on("error", (error) => process.stderr.write(`pg-boss: ${error.message}\n`));
  await boss.start();
  const retries = { retryLimit: attemptsMax - 1, retryDelay: retrySeconds, retryBackoff: true };
  await boss.createQueue(queue, { ...retries, notify: true, deleteAfterSeconds: keptSeconds });
  await boss.work<Job>(
    queue,
    {
      batchSize,
      localConcurrency: workers,
      perJobResults: true,
      includeMetadata: true,
      burstWhenBatchFull: true,
      pollingIntervalSeconds: pollSeconds,
      notifyPollingIntervalSeconds: pollSeconds,
    },
    (jobs) => Promise.all(jobs.map(async ({ id, data, retryCount }) => ({ id, status: await outcome(data, retryCount + 1) }))),
  );
  const outcome = async (job: Job, attempt: number): Promise<"completed" | "failed"> =>
    (await deliver(job, attempt)) ? "completed" : "failed";
  const add = async (jobs: readonly Job[], startAfter?: Date): Promise<void> => {
    await boss.insert(
      queue,
      jobs.map((data) => ({ data, ...(startAfter && { startAfter }) })),
    );
  };
  return { add: (jobs) => add(jobs), addForLater: add, stop: () => boss.stop() };
}
