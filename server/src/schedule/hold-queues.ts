// The queues in which a subscription's held notifications lie, by number as the log has it.

/** Within their workspace's quota. */
export const firstQueue = 0;
/** Above the quota, and replays. */
export const restQueue = 257;
/** Of workspaces under a brake. */
export const brakedQueue = 258;

/** Heads of order slots: they stay in memory, go first, and are not read from here. */
export const headsQueue = 259;

/** 1 to 256: an order slot each. */
export const queueOfSlot = (slot: number): number => slot + 1;

export const slotOfQueue = (queue: number): number | null => (queue >= 1 && queue <= 256 ? queue - 1 : null);
