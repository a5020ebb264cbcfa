// What this process knows of each subscription's endpoint: its state and streaks, how many requests it takes at a time,
// brakes, and marks that end many notifications at once. The rules are in domain/health.ts; this remembers, and has it
// written. What is as good as new is forgotten.
import type { EndedReason, HeldCause } from "@bellhop/contract/reasons";
import { gateOf, healthy, isUnremarkable, step } from "../domain/health.ts";
import type { Health, HealthCause, HealthChange, HealthInput, HealthRules } from "../domain/health.ts";
import type { Answered } from "../domain/transition.ts";
import type { Brake } from "../store/brakes.ts";
import type { HealthRow, HealthWrite, HistoryWrite } from "../store/health.ts";
import { Limit } from "./limit.ts";
import type { LaneGate, Outcome } from "./queue.ts";
import type { Work } from "./work.ts";

const limitStart = 8;
const limitFloor = 1;
/** What was set live a moment ago is asked again this soon; being written opens it before. */
const unwrittenAgainMs = 1_000;

/** Who did it, as the history tells. */
export type By = { readonly key: string; readonly route: string };
const engine: By = { key: "engine", route: "deliver" };

export type Endpoint = {
  readonly subscription: number;
  readonly health: Health;
  limit: Limit;
  maxInFlight: number;
  rules: HealthRules;
  /** What is held up to this place was discarded. */
  discardedTo: number | null;
  /** What was made before this moment and is not over has ended. */
  ended: { beforeMs: number; reason: EndedReason } | null;
  dirty: boolean;
  /** It was set live, and that is not on disk yet: nothing follows from it, and nothing up to this place is discarded. */
  unwritten: { readonly change: number; readonly discardTo: number | null } | null;
};

/** What is to be written. `upTo`: every change so far is in it. */
type Unwritten = { entries: HealthWrite[]; history: HistoryWrite[]; disabling: number[]; upTo: number };

/** What the answer of a request is judged by. */
export type AnsweredRequest = {
  readonly subscription: number;
  readonly maxInFlight: number;
  readonly rules: HealthRules;
  readonly startedMs: number;
  readonly timeoutMs: number;
  /** Requests of the subscription that were under way, this one included. */
  readonly atATime: number;
  readonly answered: Answered;
  /** A replay by hand counts neither way. */
  readonly counts: boolean;
};

export type EndpointsPorts = {
  readonly nowMs: () => number;
  /** The host of a subscription's URL, its app: what brakes name. */
  readonly host: (lane: { subscription: number; app: number }) => string | null;
  /** The state of a subscription is another; or a warning was given. */
  readonly changed: (subscription: number, change: HealthChange) => void;
  /** That it was set live is on disk. */
  readonly becameLive: (subscription: number) => void;
};

const rulesUnknown: HealthRules = { spaced: true, suspends: false };

export class Endpoints {
  readonly #ports: EndpointsPorts;
  readonly #known = new Map<number, Endpoint>();
  #history: HistoryWrite[] = [];
  #brakes: readonly Brake[] = [];
  #blocked: ReadonlySet<number> = new Set();
  #changes = 0;

  constructor(ports: EndpointsPorts) {
    this.#ports = ports;
  }

  /** Everything is as the database has it; what was not written yet is kept. */
  load(rows: readonly HealthRow[]): void {
    for (const row of rows) {
      const endpoint = this.#endpoint(row.subscription);
      if (endpoint.dirty) continue;
      const stored = (row.health ?? {}) as Partial<Health>;
      Object.assign(endpoint.health, healthy(row.since_ms), stored, {
        state: row.state,
        cause: row.cause,
        sinceMs: row.since_ms,
        untilMs: row.until_ms,
      });
      endpoint.discardedTo = row.discarded_to;
      const { ended_before_ms: beforeMs, ended_reason: reason } = row;
      endpoint.ended = beforeMs === null ? null : { beforeMs, reason: reason as EndedReason };
    }
  }

  /** False when they are as they were. */
  setBrakes(brakes: readonly Brake[]): boolean {
    const isNew = JSON.stringify(brakes) !== JSON.stringify(this.#brakes);
    this.#brakes = brakes;
    this.#blocked = new Set(brakes.flatMap(({ workspace }) => workspace ?? []));
    return isNew;
  }

  /** Workspaces whose events are not to be sent at the moment. */
  get blocked(): ReadonlySet<number> {
    return this.#blocked;
  }

  /** When the first brake ends; null when there is none. */
  get brakesEndMs(): number | null {
    return this.#brakes.length === 0 ? null : Math.min(...this.#brakes.map(({ until_ms }) => until_ms));
  }

  health(subscription: number): Health | null {
    return this.#known.get(subscription)?.health ?? null;
  }

  gate(lane: { subscription: number; app: number }, nowMs: number): LaneGate {
    const brake = this.#brakeOn(lane);
    if (brake) return { atOnce: 0, opensAtMs: brake.until_ms };
    const endpoint = this.#known.get(lane.subscription);
    if (!endpoint) return { atOnce: null, opensAtMs: null };
    this.#step(endpoint, { kind: "time", nowMs });
    if (endpoint.unwritten !== null) return { atOnce: 0, opensAtMs: nowMs + unwrittenAgainMs };
    return gateOf(endpoint.health, nowMs);
  }

  /** May anything of it be sent now? As far as it is known without its app: brakes are asked when its turn comes. */
  isOpen(subscription: number, nowMs: number): boolean {
    const endpoint = this.#known.get(subscription);
    const isBraked = this.#brakes.some((each) => each.subscription === subscription);
    return !isBraked && (endpoint === undefined || (endpoint.unwritten === null && gateOf(endpoint.health, nowMs).atOnce !== 0));
  }

  /** Why what waits for this subscription is held. */
  holdCause(work: Work, nowMs: number): HeldCause {
    if (this.#blocked.has(work.workspace) || this.#brakeOn(work)) return "brake";
    const health = this.#known.get(work.subscription)?.health;
    return (health && gateOf(health, nowMs).cause) ?? "backlog";
  }

  /** Requests at a time: what the endpoint takes, and never more than its owner allows. */
  limit(subscription: number, maxInFlight: number): number {
    return Math.min(this.#known.get(subscription)?.limit.value ?? limitStart, maxInFlight);
  }

  /** How the answer counts for the number of requests at a time. */
  answered(request: AnsweredRequest): Outcome {
    const nowMs = this.#ports.nowMs();
    const outcome = outcomeOf(request, nowMs);
    const isNothingNew = outcome === "fast" && request.maxInFlight <= limitStart && !this.#known.has(request.subscription);
    if (isNothingNew) return outcome;
    const endpoint = this.#endpoint(request.subscription, request.maxInFlight);
    endpoint.rules = request.rules;
    endpoint.maxInFlight = request.maxInFlight;
    endpoint.limit.setMax(request.maxInFlight);
    // What takes three at a time when it is given three is not shown to take more.
    const isUsed = request.atATime * 2 >= endpoint.limit.value;
    if (outcome !== "neutral" && (isUsed || outcome !== "fast")) endpoint.limit.answered(request.startedMs, nowMs, outcome);
    const { failure, retryAfterMs } = request.answered;
    this.#step(endpoint, { kind: "answered", startedMs: request.startedMs, nowMs, failure, retryAfterMs, counts: request.counts });
    const isFull = endpoint.limit.value >= Math.min(limitStart, request.maxInFlight);
    if (isFull && !endpoint.dirty && isForgettable(endpoint)) this.#known.delete(endpoint.subscription);
    return outcome;
  }

  /** Until when a 429 makes everything of the subscription wait; null when it is not throttled. */
  throttledUntilMs(subscription: number): number | null {
    const health = this.#known.get(subscription)?.health;
    return health?.state === "throttled" ? health.untilMs : null;
  }

  pause(subscription: number, untilMs: number | null, by: By): void {
    this.#step(this.#endpoint(subscription), { kind: "pause", nowMs: this.#ports.nowMs(), untilMs }, by);
  }

  /** `discardTo`: what is held up to this place is not to be sent. All of it counts once it is on disk. */
  setLive(subscription: number, discardTo: number | null, by: By): void {
    const endpoint = this.#endpoint(subscription);
    if (discardTo !== null) endpoint.dirty = true;
    this.#step(endpoint, { kind: "set_live", nowMs: this.#ports.nowMs() }, by);
    if (!endpoint.dirty) return;
    endpoint.unwritten = { change: ++this.#changes, discardTo: discardTo ?? endpoint.unwritten?.discardTo ?? null };
  }

  /** Everything that was made before now and is not over has ended. */
  endAll(subscription: number, reason: EndedReason): void {
    const endpoint = this.#endpoint(subscription);
    endpoint.ended = { beforeMs: this.#ports.nowMs(), reason };
    endpoint.dirty = true;
  }

  /** Everything up to the marks is drained. */
  drained(subscription: number, discardedTo: number | null, endedBeforeMs: number | null): void {
    const endpoint = this.#known.get(subscription);
    if (!endpoint) return;
    if (endpoint.discardedTo !== null && endpoint.discardedTo === discardedTo) endpoint.discardedTo = null;
    if (endpoint.ended !== null && endpoint.ended.beforeMs === endedBeforeMs) endpoint.ended = null;
    endpoint.dirty = true;
  }

  marks(subscription: number): { discardedTo: number | null; endedBeforeMs: number | null } {
    const endpoint = this.#known.get(subscription);
    return { discardedTo: endpoint?.discardedTo ?? null, endedBeforeMs: endpoint?.ended?.beforeMs ?? null };
  }

  /** Subscriptions whose marks are not drained yet. */
  marked(): number[] {
    return [...this.#known.values()].filter((each) => each.discardedTo !== null || each.ended !== null).map((each) => each.subscription);
  }

  /** Why a mark says that it has ended. A replay is made after the mark, whatever the age of what it repeats. */
  whyMarked(work: { subscription: number; madeAtMs: number; position: number | null; isReplay: boolean }): EndedReason | null {
    const endpoint = this.#known.get(work.subscription);
    if (!endpoint) return null;
    if (endpoint.discardedTo !== null && work.position !== null && work.position <= endpoint.discardedTo) return "discarded";
    return endpoint.ended !== null && !work.isReplay && work.madeAtMs < endpoint.ended.beforeMs ? endpoint.ended.reason : null;
  }

  /** Time passes: pauses end, and so do brakes. True when a brake did. */
  tick(nowMs: number): boolean {
    for (const endpoint of this.#known.values()) this.#step(endpoint, { kind: "time", nowMs });
    const left = this.#brakes.filter(({ until_ms }) => until_ms > nowMs);
    const ended = left.length < this.#brakes.length;
    if (ended) this.setBrakes(left);
    return ended;
  }

  /** What is not written yet; `urgent`: a change that people were told, or will ask about. */
  takeUnwritten(): Unwritten {
    const dirty = [...this.#known.values()].filter((endpoint) => endpoint.dirty);
    const history = this.#history;
    this.#history = [];
    for (const endpoint of dirty) {
      endpoint.dirty = false;
      if (isForgettable(endpoint)) this.#known.delete(endpoint.subscription);
    }
    const disabling = history.filter(({ before, after }) => (before.state === "disabled") !== (after.state === "disabled"));
    return { entries: dirty.map(written), history, disabling: disabling.map(({ subscription }) => subscription), upTo: this.#changes };
  }

  get hasHistory(): boolean {
    return this.#history.length > 0;
  }

  /** It is on disk. */
  wasWritten({ entries, upTo }: Unwritten): void {
    for (const { subscription } of entries) {
      const endpoint = this.#known.get(subscription);
      if (!endpoint || endpoint.unwritten === null || endpoint.unwritten.change > upTo) continue;
      endpoint.discardedTo = endpoint.unwritten.discardTo ?? endpoint.discardedTo;
      endpoint.unwritten = null;
      this.#ports.becameLive(subscription);
    }
  }

  /** The write did not succeed. */
  putBack({ entries, history }: Unwritten): void {
    this.#history = [...history, ...this.#history];
    for (const { subscription } of entries) this.#endpoint(subscription).dirty = true;
  }

  #step(endpoint: Endpoint, input: HealthInput, by: By = engine): void {
    const { health, subscription } = endpoint;
    const cause = health.cause;
    const wasRemarkable = !isUnremarkable(health);
    const change = step(health, input, endpoint.rules);
    if (input.kind !== "time" && (wasRemarkable || !isUnremarkable(health))) endpoint.dirty = true;
    if (!change) return;
    endpoint.dirty = true;
    // After a throttle or a pause it begins carefully, whatever it took before.
    if (change.from !== change.to) endpoint.limit = new Limit(limitFloor, limitFloor, endpoint.maxInFlight);
    this.#history.push(entryOf(subscription, this.#ports.nowMs(), change, cause, by));
    this.#ports.changed(subscription, change);
  }

  /** Of a host only when its app is in memory. */
  isBraked(lane: { subscription: number; app: number }): boolean {
    return this.#brakeOn(lane) !== undefined;
  }

  #brakeOn({ subscription, app }: { subscription: number; app: number }): Brake | undefined {
    if (this.#brakes.length === 0) return undefined;
    const host = this.#ports.host({ subscription, app });
    return this.#brakes.find(
      (brake) => brake.subscription === subscription || brake.app === app || (brake.host !== null && brake.host === host),
    );
  }

  #endpoint(subscription: number, maxInFlight = limitStart): Endpoint {
    let endpoint = this.#known.get(subscription);
    if (!endpoint) {
      const health = healthy(this.#ports.nowMs());
      const limit = new Limit(Math.min(limitStart, maxInFlight), limitFloor, maxInFlight);
      const marks = { discardedTo: null, ended: null, unwritten: null };
      endpoint = { subscription, health, limit, maxInFlight, rules: rulesUnknown, ...marks, dirty: false };
      this.#known.set(subscription, endpoint);
    }
    return endpoint;
  }
}

function outcomeOf({ answered, startedMs, timeoutMs }: AnsweredRequest, nowMs: number): Outcome {
  if (answered.failure === "throttled" || answered.failure === "internal") return "neutral";
  if (answered.failure !== null) return "failed";
  return nowMs - startedMs > timeoutMs / 2 ? "slow" : "fast";
}

const isForgettable = ({ health, discardedTo, ended, unwritten }: Endpoint): boolean =>
  isUnremarkable(health) && discardedTo === null && ended === null && unwritten === null;

function written({ subscription, health, discardedTo, ended, unwritten }: Endpoint): HealthWrite {
  return {
    subscription,
    state: health.state,
    cause: health.cause,
    since_ms: health.sinceMs,
    until_ms: health.untilMs,
    health: isUnremarkable(health) ? null : JSON.stringify(health),
    discarded_to: unwritten?.discardTo ?? discardedTo,
    ended_before_ms: ended?.beforeMs ?? null,
    ended_reason: ended?.reason ?? null,
  };
}

function entryOf(subscription: number, atMs: number, change: HealthChange, before: HealthCause | null, by: By): HistoryWrite {
  const after: HistoryWrite["after"] = { state: change.to, state_cause: change.cause };
  if (change.untilMs !== null) after.until = new Date(change.untilMs).toISOString();
  if (change.warningDay !== null) after.warning = change.warningDay;
  return { subscription, atMs, by: by.key, route: by.route, before: { state: change.from, state_cause: before }, after };
}
