// Where the program is killed: the closed list of named moments. Each says when it is passed, what is on disk at that
// moment, and what people may see of it afterwards. `mayRepeat`: a receiver may be sent again what it has seen, since nothing
// on disk says that it has; anywhere else a repeated request is a mistake.

/** A statement, by its text. `asked`: nothing of it was sent; `sent`: no word of the answer was read; `answered`: nothing followed yet. */
type StatementPassed = {
  readonly statement: RegExp;
  readonly when: "asked" | "sent" | "answered";
  /** An earlier statement of the same transaction. */
  readonly following?: RegExp;
  /** Of a flush to the log: what its first step is. */
  readonly step?: "attempt" | "held" | "ended";
};
/** A request to an endpoint. */
type RequestPassed = { readonly request: "made" | "sent" | "answered" };
/** An answer of the API that has left: its method, path and status. */
type AnswerPassed = { readonly answer: RegExp };
type SignalPassed = { readonly signal: "SIGTERM" };

export type Passage = (StatementPassed | RequestPassed | AnswerPassed | SignalPassed) & {
  /** Only once the program was told to stop. */
  readonly stopping?: true;
  /** Statements that never reach the database while the program waits for this moment. */
  readonly withheld?: RegExp;
};

type Point = { readonly passage: Passage; readonly onDisk: string; readonly seen: string; readonly mayRepeat: boolean };

const publish = /insert into event [\s\S]*insert into notification (?![\s\S]*replay for|[\s\S]*update replay)/;
const copies = /insert into notification [\s\S]*update replay/;
const scan = /from notification\s+where xid >=/;
const flush = /insert into log (?![\s\S]*update replay)/;
const commit = /^commit$/;
const states = /insert into subscription_state [\s\S]*insert into audit/;
const checkpoint = /update shard set checkpoint/;
const takeover = /insert into node/;

export const crashPoints = {
  "publish-asked": {
    passage: { statement: publish, when: "asked" },
    onDisk: "Nothing of the request.",
    seen: "The publisher's connection breaks; repeating with the key makes the event.",
    mayRepeat: false,
  },
  "publish-sent": {
    passage: { statement: publish, when: "sent" },
    onDisk: "The whole request or nothing, as the database comes to it.",
    seen: "The publisher's connection breaks; repeating with the key gives one event, whichever it was.",
    mayRepeat: false,
  },
  "publish-overtaken": {
    passage: { statement: publish, when: "sent" },
    onDisk: "Nothing; the statement waits for a lock, and commits after the next process has begun.",
    seen: "As before: the event of the late commit is found, delivered, and given to whoever repeats with the key.",
    mayRepeat: false,
  },
  "publish-committed": {
    passage: { statement: publish, when: "answered" },
    onDisk: "The events and their notifications.",
    seen: "The publisher's connection breaks, and the events are delivered.",
    mayRepeat: false,
  },
  "publish-acknowledged": {
    passage: { answer: /^POST \/v1\/events\S* 202$/, withheld: scan },
    onDisk: "The events and their notifications, of which delivery has not heard.",
    seen: "The publisher has its answer; the next process finds what is to be sent.",
    mayRepeat: false,
  },
  "notifications-read": {
    passage: { statement: scan, when: "answered" },
    onDisk: "Notifications without a step.",
    seen: "Nothing: they are read again.",
    mayRepeat: false,
  },
  "request-made": {
    passage: { request: "made" },
    onDisk: "Notifications without a step.",
    seen: "Nothing: the attempt that was not made has used up no number.",
    mayRepeat: false,
  },
  "request-sent": {
    passage: { request: "sent" },
    onDisk: "Notifications without a step.",
    seen: "The endpoint gets the same attempt again, under the same id.",
    mayRepeat: true,
  },
  "request-answered": {
    passage: { request: "answered" },
    onDisk: "Notifications without a step.",
    seen: "The endpoint gets again what it accepted: the one duplicate that cannot be avoided.",
    mayRepeat: true,
  },
  "result-asked": {
    passage: { statement: flush, when: "asked", step: "attempt" },
    onDisk: "Notifications without a step, of which the answers are known.",
    seen: "As before, for as many as were not recorded.",
    mayRepeat: true,
  },
  "result-sent": {
    passage: { statement: flush, when: "sent", step: "attempt" },
    onDisk: "The results or nothing of them, as the database comes to it.",
    seen: "What was not recorded is sent again.",
    mayRepeat: true,
  },
  "result-overtaken": {
    passage: { statement: flush, when: "sent", step: "attempt" },
    onDisk: "Nothing: the flush waits for the table while another process takes over.",
    seen: "Everything is sent again, and the late flush writes nothing.",
    mayRepeat: true,
  },
  "result-awaited": {
    passage: { statement: flush, when: "sent", step: "attempt" },
    onDisk: "Nothing yet: the flush has shown that its epoch is alive, and waits for a row.",
    seen: "Taking over waits for the flush, and then sends nothing again; where the database lost it, everything.",
    mayRepeat: true,
  },
  "success-written": {
    passage: { statement: flush, when: "answered", step: "attempt" },
    onDisk: "The attempts that succeeded; others may be under way.",
    seen: "What was recorded is never sent again.",
    mayRepeat: true,
  },
  "failure-written": {
    passage: { statement: flush, when: "answered", step: "attempt" },
    onDisk: "The failed attempts and when the next are due, of which memory knows nothing; others may be under way.",
    seen: "The next attempts come at their time, with the next number.",
    mayRepeat: true,
  },
  "takeover-begun": {
    passage: { statement: takeover, when: "answered" },
    onDisk: "Nothing of the new owner; what is to be sent belongs to the one before.",
    seen: "A start that failed; the next one takes over.",
    mayRepeat: false,
  },
  "takeover-committed": {
    passage: { statement: commit, when: "answered", following: takeover },
    onDisk: "A new epoch that has done nothing.",
    seen: "A start that failed; the next one takes over from the same checkpoint.",
    mayRepeat: false,
  },
  "checkpoint-asked": {
    passage: { statement: checkpoint, when: "asked" },
    onDisk: "The checkpoint before, with notifications done, to be retried and under way behind it.",
    seen: "What was under way is sent again, what is to be retried waits for its time.",
    mayRepeat: true,
  },
  "checkpoint-written": {
    passage: { statement: checkpoint, when: "answered" },
    onDisk: "A checkpoint that has not passed what is under way or to be retried.",
    seen: "The same.",
    mayRepeat: true,
  },
  "hold-asked": {
    passage: { statement: flush, when: "asked", step: "held" },
    onDisk: "Notifications without a step, of a subscription that is paused.",
    seen: "Nothing: they are held by the next process.",
    mayRepeat: false,
  },
  "hold-written": {
    passage: { statement: flush, when: "answered", step: "held" },
    onDisk: "Holds that memory has not heard of.",
    seen: "Nothing: they stay held until the subscription is set live.",
    mayRepeat: false,
  },
  "holds-read": {
    passage: { statement: /log\.kind = 'h'[\s\S]*order by log\.queue, log\.position limit/, when: "answered" },
    onDisk: "Holds as before; the subscription is live.",
    seen: "What is held is read again, in its order.",
    mayRepeat: false,
  },
  "pause-unwritten": {
    passage: { statement: states, when: "answered" },
    onDisk: "Nothing: the state was written and not committed.",
    seen: "Whoever paused gets no answer; the subscription is live.",
    mayRepeat: false,
  },
  "pause-written": {
    passage: { statement: commit, when: "answered", following: states },
    onDisk: "The subscription is paused.",
    seen: "Whoever paused gets no answer; nothing is sent until it is set live.",
    mayRepeat: false,
  },
  "live-written": {
    passage: { statement: commit, when: "answered", following: states },
    onDisk: "The subscription is live; everything held is held.",
    seen: "What was held is sent by the next process.",
    mayRepeat: false,
  },
  "discard-unwritten": {
    passage: { statement: states, when: "answered" },
    onDisk: "Nothing: the mark was written and not committed.",
    seen: "The subscription is paused with all that is held, as if nobody had asked.",
    mayRepeat: false,
  },
  "discard-written": {
    passage: { statement: commit, when: "answered", following: states },
    onDisk: "The mark; every notification behind it is still held.",
    seen: "All of them count as discarded, and none is sent.",
    mayRepeat: false,
  },
  "discard-drained-half": {
    passage: { statement: flush, when: "answered", step: "ended" },
    onDisk: "The mark, and the first ends.",
    seen: "All of them count as discarded; the rest is written by the next process.",
    mayRepeat: false,
  },
  "uninstall-written": {
    passage: { statement: commit, when: "answered", following: /update installation (i )?set deleted_at/ },
    onDisk: "The app is uninstalled; what it was to get is held or waits.",
    seen: "All of it counts as ended, and none is sent.",
    mayRepeat: false,
  },
  "uninstall-drained-half": {
    passage: { statement: flush, when: "answered", step: "ended" },
    onDisk: "The app is uninstalled, and the first ends.",
    seen: "All of it counts as ended; the rest is written by the next process.",
    mayRepeat: false,
  },
  "deletion-written": {
    passage: { statement: commit, when: "answered", following: /update subscription set deleted_at/ },
    onDisk: "The subscription is deleted; what it was to get is held.",
    seen: "All of it counts as ended, and none is sent.",
    mayRepeat: false,
  },
  "deletion-drained-half": {
    passage: { statement: flush, when: "answered", step: "ended" },
    onDisk: "The subscription is deleted, and the first ends.",
    seen: "All of it counts as ended; the rest is written by the next process.",
    mayRepeat: false,
  },
  "gone-answered": {
    passage: { request: "answered" },
    onDisk: "Nothing of the 410.",
    seen: "The endpoint is asked once more, says so again, and is left alone.",
    mayRepeat: true,
  },
  "gone-written": {
    passage: { statement: commit, when: "answered", following: /update subscription set version = raised/ },
    onDisk: "The subscription is disabled; what it was to get is held, or its result not written.",
    seen: "All of it counts as ended, and none is sent.",
    mayRepeat: false,
  },
  "gone-drained-half": {
    passage: { statement: flush, when: "answered", step: "ended" },
    onDisk: "The subscription is disabled, and the first ends.",
    seen: "All of it counts as ended; the rest is written by the next process.",
    mayRepeat: false,
  },
  "replay-made": {
    passage: { statement: commit, when: "answered", following: /insert into replay / },
    onDisk: "The replay, not begun.",
    seen: "Whoever asked gets no answer and finds it in the list; it runs to its end.",
    mayRepeat: false,
  },
  "replay-page-sent": {
    passage: { statement: /insert into log [\s\S]*update replay/, when: "sent" },
    onDisk: "The replay with a page and its progress, or with neither.",
    seen: "It runs to its end; nothing is replayed twice.",
    mayRepeat: false,
  },
  "replay-half": {
    passage: { statement: /insert into log [\s\S]*update replay/, when: "answered" },
    onDisk: "The first page of the replay and its progress; none of it was sent.",
    seen: "It runs to its end; nothing is replayed twice.",
    mayRepeat: false,
  },
  "copies-sent": {
    passage: { statement: copies, when: "sent" },
    onDisk: "The replay with new ids with a page of copies and its progress, or with neither.",
    seen: "It runs to its end; nothing is copied twice.",
    mayRepeat: false,
  },
  "copies-half": {
    passage: { statement: copies, when: "answered" },
    onDisk: "The first page of copies and the progress; none of it was sent.",
    seen: "It runs to its end; nothing is copied twice.",
    mayRepeat: false,
  },
  "secret-unwritten": {
    passage: { statement: /insert into secret /, when: "answered" },
    onDisk: "Nothing: the new version was written and not committed.",
    seen: "Whoever rotated gets no answer; the one secret there is signs.",
    mayRepeat: false,
  },
  "secret-written": {
    passage: { statement: commit, when: "answered", following: /insert into secret / },
    onDisk: "Both versions, the older one with its end; nobody was shown the new one.",
    seen: "Whoever rotated gets no answer and finds the new one by asking; it signs once it is put to use.",
    mayRepeat: false,
  },
  "migration-begun": {
    passage: { statement: /create table event/, when: "answered" },
    onDisk: "The migrations before this one.",
    seen: "A first start that failed; the next one applies this and the rest.",
    mayRepeat: false,
  },
  "migration-sent": {
    passage: { statement: commit, when: "sent", following: /create table event/ },
    onDisk: "This migration or not, as the database comes to it.",
    seen: "A first start that failed; the next one applies what is missing.",
    mayRepeat: false,
  },
  "migration-between": {
    passage: { statement: commit, when: "answered", following: /insert into migration/ },
    onDisk: "The first migration.",
    seen: "A first start that failed; the next one applies the rest.",
    mayRepeat: false,
  },
  "partition-attached": {
    passage: { statement: /attach partition/, when: "answered" },
    onDisk: "Nothing: the day was made and not committed.",
    seen: "A start that failed; the next one makes it.",
    mayRepeat: false,
  },
  "partition-between": {
    passage: { statement: commit, when: "answered", following: /attach partition/ },
    onDisk: "The day of one table and not of the others.",
    seen: "A start that failed; the next one makes the others.",
    mayRepeat: false,
  },
  "partition-detached": {
    passage: { statement: /detach partition \S+ concurrently/, when: "answered" },
    onDisk: "An old day that belongs to no table any more.",
    seen: "Nothing: it is dropped by the next process.",
    mayRepeat: false,
  },
  "stop-asked": {
    passage: { signal: "SIGTERM" },
    onDisk: "Requests under way have no step.",
    seen: "They are made again.",
    mayRepeat: true,
  },
  "stop-answered": {
    passage: { request: "answered", stopping: true },
    onDisk: "Requests under way have no step, though one was answered while the program was stopping.",
    seen: "They are made again.",
    mayRepeat: true,
  },
  "stop-recorded": {
    passage: { statement: flush, when: "answered", step: "attempt", stopping: true },
    onDisk: "Some of what was under way is recorded; the checkpoint is of before.",
    seen: "The rest is made again.",
    mayRepeat: true,
  },
  "stop-checkpointed": {
    passage: { statement: checkpoint, when: "answered", stopping: true },
    onDisk: "Everything; the owner has not left.",
    seen: "Nothing.",
    mayRepeat: false,
  },
  "stop-released": {
    passage: { statement: /^end of bellhop lease$/, when: "asked", stopping: true },
    onDisk: "Everything; the owner is about to leave.",
    seen: "Nothing.",
    mayRepeat: false,
  },
  "ping-answered": {
    passage: { statement: /pinged_at = excluded\.pinged_at/, when: "asked" },
    onDisk: "No daily ping, although the endpoint has had it.",
    seen: "The endpoint is pinged again today; a ping is no notification.",
    mayRepeat: false,
  },
  "health-answered": {
    passage: { statement: /health_by = 'check'/, when: "asked" },
    onDisk: "No health of the app, although it has told.",
    seen: "The app is asked again today.",
    mayRepeat: false,
  },
} as const satisfies Record<string, Point>;

export type CrashPoint = keyof typeof crashPoints;

export const passageOf = (point: CrashPoint): Passage => crashPoints[point].passage;

/** Said by the program as the last thing it says, before the point's name. */
export const lastWord = "killed at ";

/** Where the program reads at which point to die, and at the how manieth passage. */
export const orderVariable = "CRASH_ORDER";
