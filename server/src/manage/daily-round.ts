// Does something for each of many once a day, each at a minute of its own, a bounded number at once.
//
// The minute is a remainder of the thing's number by the minutes of a day, so that they are spread evenly and no list of
// times is needed. A look asks for the minutes since the one before. After a stop it asks for a few hours back, at most;
// whoever missed more waits for the next day.

const minuteMs = 60_000;
const hourMs = 3_600_000;
export const minutesOfDay = 1_440;
/** Looked back over after a stop. With `quietMs` less than a day: who is late today still has tomorrow's turn. */
const catchUpMs = 3 * hourMs;
/** Nobody has a turn twice within this time. */
const quietMs = 20 * hourMs;
const pageRows = 1_000;

export type Turn<Due> = {
  /** Of the day, from 0. */
  readonly minutes: readonly number[];
  /** Nobody who had a turn after this moment. */
  readonly quietSinceMs: number;
  /** From behind this one. */
  readonly after: Due | null;
  readonly limit: number;
};

export type DailyWork<Due> = {
  /** What it is, in the plural, as the operator is told of trouble with it. */
  readonly name: string;
  readonly atOnceMax: number;
  readonly nowMs: () => number;
  /** Whose turn it is, in an order of their own. */
  due(turn: Turn<Due>): Promise<Due[]>;
  /** Reads again what it needs: since `due` was asked, much may have changed. */
  work(due: Due): Promise<void>;
  readonly trouble: (message: string, error: unknown) => void;
};

export type DailyRound = {
  /** Does it for whoever has had a turn since the last look; resolves when all is done. */
  look(): Promise<void>;
  /** Starts nothing further; resolves when what is under way is done. */
  stop(): Promise<void>;
};

/** Looks at once, and each minute until it is stopped. */
export function startDailyRound(round: DailyRound): { stop(): Promise<void> } {
  void round.look();
  const timer = setInterval(() => void round.look(), minuteMs).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return round.stop();
    },
  };
}

/** Without a timer: it looks when it is told to. A look asked for during another one is that one. */
export function createDailyRound<Due>(daily: DailyWork<Due>): DailyRound {
  let lookedMinute = minuteAt(daily.nowMs() - catchUpMs);
  let looking: Promise<void> | null = null;
  let stopped = false;
  const isStopped = (): boolean => stopped;

  const lookOnce = async (): Promise<void> => {
    const now = minuteAt(daily.nowMs());
    const from = Math.max(lookedMinute + 1, now - catchUpMs / minuteMs);
    const minutes = Array.from({ length: now - from + 1 }, (_, index) => (from + index) % minutesOfDay);
    if (minutes.length > 0) await workMinutes(daily, minutes, isStopped);
    lookedMinute = Math.max(lookedMinute, now);
  };
  return {
    look: () =>
      (looking ??= lookOnce()
        .catch((error: unknown) => daily.trouble(`the ${daily.name} could not be looked for; they are again in a minute`, error))
        .finally(() => (looking = null))),
    stop: async () => {
      stopped = true;
      await looking;
    },
  };
}

function minuteAt(atMs: number): number {
  return Math.floor(atMs / minuteMs);
}

async function workMinutes<Due>(daily: DailyWork<Due>, minutes: readonly number[], stopped: () => boolean): Promise<void> {
  const turn = { minutes, quietSinceMs: daily.nowMs() - quietMs, limit: pageRows };
  for (let after: Due | null = null; !stopped();) {
    const page: Due[] = await daily.due({ ...turn, after });
    await workAll(daily, page, stopped);
    if (page.length < pageRows) return;
    after = page.at(-1) ?? null;
  }
}

async function workAll<Due>(daily: DailyWork<Due>, page: readonly Due[], stopped: () => boolean): Promise<void> {
  const waiting = page.values();
  const workOneByOne = async (): Promise<void> => {
    for (const due of waiting) {
      if (stopped()) return;
      await daily.work(due).catch((error: unknown) => daily.trouble(`one of the ${daily.name} failed inside Bellhop`, error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(daily.atOnceMax, page.length) }, workOneByOne));
}
