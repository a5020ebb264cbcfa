// Everything the program tells about itself, as one typed list: what happened becomes metrics here and a log line there.
// No endpoint, app or workspace is ever a label: their number is not ours to bound.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { AttemptFailure, EndedReason } from "@bellhop/contract/reasons";

/** One attempt, as logs and metrics tell it. */
export type AttemptSignal = {
  readonly notification: string;
  readonly topic: string;
  readonly app: string;
  readonly subscription: string;
  readonly url: string;
  readonly attempt: number;
  readonly failure: AttemptFailure | null;
  readonly status: number | null;
  readonly detail: string | null;
  readonly totalMs: number;
  /** From the event's acceptance to the start of the first attempt; null on later ones. */
  readonly sinceAcceptedMs: number | null;
  readonly nextAtMs: number | null;
};

export type Waiting = { readonly count: number; readonly oldestAgeMs: number; readonly inFlight: number; readonly unrecorded: number };

export type Telemetry = {
  readonly registry: Registry;
  accepted(events: number, notifications: number): void;
  published(ackMs: number): void;
  attempted(signal: AttemptSignal): void;
  ended(reason: EndedReason): void;
};

const secondsBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** `attempt` gets each attempt for the log; `waiting` is asked at each scrape. */
export function createTelemetry(attempt: (signal: AttemptSignal) => void, waiting: () => Waiting): Telemetry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const events = new Counter({ name: "bellhop_events_accepted_total", help: "Events on disk", registers });
  const made = new Counter({ name: "bellhop_notifications_made_total", help: "Notifications on disk", registers });
  const delivered = new Counter({ name: "bellhop_notifications_delivered_total", help: "Attempts answered with a 2xx", registers });
  const failed = new Counter({
    name: "bellhop_attempts_failed_total",
    help: "Failed attempts by reason",
    labelNames: ["reason"],
    registers,
  });
  const ended = new Counter({
    name: "bellhop_notifications_ended_total",
    help: "Notifications that ended undelivered",
    labelNames: ["reason"],
    registers,
  });
  const ack = new Histogram({
    name: "bellhop_publish_seconds",
    help: "From a publish's arrival to its answer",
    buckets: secondsBuckets,
    registers,
  });
  const first = new Histogram({
    name: "bellhop_first_attempt_seconds",
    help: "From acceptance to the start of the first attempt",
    buckets: secondsBuckets,
    registers,
  });
  const exchange = new Histogram({ name: "bellhop_attempt_seconds", help: "Duration of an attempt", buckets: secondsBuckets, registers });
  gauge("bellhop_notifications_waiting", "Notifications in memory that wait to be sent", () => waiting().count);
  gauge(
    "bellhop_oldest_waiting_seconds",
    "Age of the oldest notification in memory that was never attempted",
    () => waiting().oldestAgeMs / 1000,
  );
  gauge("bellhop_attempts_in_flight", "Requests under way", () => waiting().inFlight);
  gauge("bellhop_outcomes_unrecorded", "Outcomes not on disk yet", () => waiting().unrecorded);

  function gauge(name: string, help: string, value: () => number): void {
    const made: Gauge = new Gauge({ name, help, registers, collect: (): void => made.set(value()) });
  }

  return {
    registry,
    accepted(eventCount, notificationCount) {
      events.inc(eventCount);
      made.inc(notificationCount);
    },
    published: (ackMs) => ack.observe(ackMs / 1000),
    attempted(signal) {
      if (signal.failure === null) delivered.inc();
      else failed.inc({ reason: signal.failure });
      exchange.observe(signal.totalMs / 1000);
      if (signal.sinceAcceptedMs !== null) first.observe(Math.max(0, signal.sinceAcceptedMs) / 1000);
      attempt(signal);
    },
    ended: (reason) => ended.inc({ reason }),
  };
}
