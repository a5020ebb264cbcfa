// With a Redis of its own that has each write on disk before it answers, the only setting with which an acknowledged publish
// survives a crash. `addBulk`, one worker with many jobs under way, and nothing kept of what is done.
import { Queue, Worker } from "bullmq";
import { attemptsMax, NotDelivered, retrySeconds } from "./queue.ts";
import type { Deliver, Job, JobQueue } from "./queue.ts";
import { startRedis } from "./redis.ts";

const name = "notify";
const concurrency = 64;

export async function startBullMq(_databaseUrl: string, dataDir: string, deliver: Deliver): Promise<JobQueue> {
  const redis = await startRedis(dataDir);
  const connection = { host: "127.0.0.1", port: redis.port };
  const opts = { attempts: attemptsMax, backoff: { type: "exponential", delay: retrySeconds * 1_000 }, removeOnComplete: true };
  const queue = new Queue<Job>(name, { connection, defaultJobOptions: opts });
  const handle = async ({ data, attemptsMade }: { data: Job; attemptsMade: number }): Promise<void> => {
    if (!(await deliver(data, attemptsMade + 1))) throw new NotDelivered();
  };
  const worker = new Worker<Job>(name, handle, { connection, concurrency });
  worker.on("error", (error) => process.stderr.write(`bullmq: ${error.message}\n`));
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  const add = async (jobs: readonly Job[], at?: Date): Promise<void> => {
    const delay = at ? at.getTime() - Date.now() : 0;
    await queue.addBulk(jobs.map((data) => ({ name, data, opts: { delay } })));
  };
  return {
    add: (jobs) => add(jobs),
    addForLater: add,
    stop: async () => {
      await worker.close(true);
      await queue.close();
      await redis.stop();
    },
  };
}
