// What a rival is made of: a job queue from a library, and around it the same door, sender and log for each.

/** One notification for one subscription, as it is kept in the queue. */
export type Job = {
  readonly id: string;
  readonly subscription: number;
  readonly workspace: string;
  readonly topic: string;
  readonly item: object;
  /** Unix seconds. */
  readonly createdAt: number;
};

/** Sends one request and logs it. False: it is to be tried again. Never rejects. */
export type Deliver = (job: Job, attempt: number) => Promise<boolean>;

export type JobQueue = {
  /** Resolves when the jobs are as durable as the library makes them. */
  readonly add: (jobs: readonly Job[]) => Promise<void>;
  /** Jobs that wait for a time, as those do whose next attempt is not due yet. */
  readonly addForLater: (jobs: readonly Job[], at: Date) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type StartQueue = (databaseUrl: string, dataDir: string, deliver: Deliver) => Promise<JobQueue>;

/** The handler of a job throws it, which is how the libraries are told to try again. */
export class NotDelivered extends Error {}

/** What publishers show at the door. */
export const key = "bench-rival-key-0123456789";
/** Of each subscription. */
export const signingSecret = "0123456789abcdef0123456789abcdef";
export const attemptsMax = 10;
/** The first of the waits, which grow exponentially. */
export const retrySeconds = 5;
