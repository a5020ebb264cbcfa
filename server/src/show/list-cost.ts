// What reading costs, in buffers (8 KiB pages that PostgreSQL touches), with indexes three levels deep as they are at a
// million rows a day. `test/page-buffers.test.ts` holds these numbers against EXPLAIN.

/** A page of the hub, all its calls together; so the most that a page of the list may touch, which has others beside it. */
export const pageBuffersMax = 500;
/** Of those: finding candidates with the newest step of each, and after it the steps before those. The rest is for names. */
export const candidateBuffers = 330;
export const candidateAndHistoryBuffers = 400;

/** Three levels of index and the row. */
export const lookUpCost = 4;

/** Enough to find one that was retried, in all but replays. */
export const attemptsReadFirst = 2;
/** Reading those: three levels of index, and the end that comes after them. */
export const historyCost = 3 + attemptsReadFirst + 1;
