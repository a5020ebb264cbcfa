// As much of the rivals' libraries as is used here. They are installed only when the benchmark asks for them, and the
// sources must be understood without.
declare module "graphile-worker" {
  type Runner = { stop(): Promise<void> };
  type WorkerPreset = {
    readonly worker: {
      readonly connectionString: string;
      readonly concurrentJobs: number;
      readonly maxPoolSize: number;
      readonly localQueue: {
        readonly size: number;
        readonly refetchDelay: { readonly durationMs: number; readonly threshold: number; readonly maxAbortThreshold: number };
      };
      readonly completeJobBatchDelay: number;
      readonly failJobBatchDelay: number;
    };
  };
  type Task = (payload: unknown, helpers: { readonly job: { readonly attempts: number } }) => Promise<void>;
  type JobSpec = { readonly identifier: string; readonly payload: unknown; readonly maxAttempts?: number; readonly runAt?: Date };
  type WorkerUtils = {
    migrate(): Promise<void>;
    addJobs(specs: readonly JobSpec[]): Promise<readonly unknown[]>;
    release(): Promise<void>;
  };

  export class Logger {
    constructor(factory: () => () => void);
  }
  export function run(options: {
    readonly preset: WorkerPreset;
    readonly logger: Logger;
    readonly noHandleSignals: boolean;
    readonly taskList: Readonly<Record<string, Task>>;
  }): Promise<Runner>;
  export function makeWorkerUtils(options: {
    readonly connectionString: string;
    readonly maxPoolSize: number;
    readonly logger: Logger;
  }): Promise<WorkerUtils>;
}

declare module "pg-boss" {
  type BossJob<T> = { readonly id: string; readonly data: T; readonly retryCount: number };
  type JobResult = { readonly id: string; readonly status: "completed" | "failed" };
  type QueueOptions = {
    readonly retryLimit: number;
    readonly retryDelay: number;
    readonly retryBackoff: boolean;
    readonly notify: boolean;
    readonly deleteAfterSeconds: number;
  };
  type WorkOptions = {
    readonly batchSize: number;
    readonly localConcurrency: number;
    readonly perJobResults: true;
    readonly includeMetadata: true;
    readonly burstWhenBatchFull: boolean;
    readonly pollingIntervalSeconds: number;
    readonly notifyPollingIntervalSeconds: number;
  };

  export class PgBoss {
    constructor(options: { readonly connectionString: string; readonly max: number; readonly useListenNotify: boolean });
    on(event: "error", listener: (error: Error) => void): this;
    start(): Promise<this>;
    stop(): Promise<void>;
    createQueue(name: string, options: QueueOptions): Promise<void>;
    insert(name: string, jobs: readonly { readonly data: unknown; readonly startAfter?: Date }[]): Promise<unknown>;
    work<T>(name: string, options: WorkOptions, handler: (jobs: readonly BossJob<T>[]) => Promise<JobResult[]>): Promise<string>;
  }
}

declare module "bullmq" {
  type Connection = { readonly host: string; readonly port: number };
  type JobOptions = {
    readonly attempts?: number;
    readonly backoff?: { readonly type: string; readonly delay: number };
    readonly removeOnComplete?: boolean;
    readonly delay?: number;
  };
  type BullJob<T> = { readonly data: T; readonly attemptsMade: number };

  export class Queue<T> {
    constructor(name: string, options: { readonly connection: Connection; readonly defaultJobOptions: JobOptions });
    waitUntilReady(): Promise<unknown>;
    addBulk(jobs: readonly { readonly name: string; readonly data: T; readonly opts?: JobOptions }[]): Promise<unknown>;
    close(): Promise<void>;
  }
  export class Worker<T> {
    constructor(
      name: string,
      processor: (job: BullJob<T>) => Promise<void>,
      options: { readonly connection: Connection; readonly concurrency: number },
    );
    on(event: "error", listener: (error: Error) => void): this;
    waitUntilReady(): Promise<unknown>;
    close(force: boolean): Promise<void>;
  }
}
