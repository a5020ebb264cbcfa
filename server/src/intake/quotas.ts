// How many events of each workspace were accepted this minute. A workspace's first ones go first, the rest follows at a
// lower rank; nothing is refused for it. Counts live in memory and are forgotten when the minute ends.

/** 0: within the workspace's quota, goes first. 1: beyond it. */
export type Rank = 0 | 1;

const minuteMs = 60_000;
/** Workspaces counted in a minute, at most; those that first publish beyond it are not counted and go first. */
const workspacesMax = 100_000;

export class Quotas {
  readonly #perMinute: (region: string) => number;
  readonly #counts = new Map<number, number>();
  #minute = 0;

  constructor(perMinute: (region: string) => number) {
    this.#perMinute = perMinute;
  }

  /** Counts one event of a workspace and gives its rank. */
  count(workspace: { readonly ref: number; readonly region: string }, nowMs: number): Rank {
    const minute = Math.floor(nowMs / minuteMs);
    if (minute !== this.#minute) this.#counts.clear();
    this.#minute = minute;
    const count = (this.#counts.get(workspace.ref) ?? 0) + 1;
    if (count > 1 || this.#counts.size < workspacesMax) this.#counts.set(workspace.ref, count);
    return count > this.#perMinute(workspace.region) ? 1 : 0;
  }
}
