// Delivery for as long as the program runs. What an engine remembers is true as long as nobody else owns what it owned. When
// another process did meanwhile, as after this one stood still, a new engine takes the place of the old one and knows nothing,
// as if the program had been started just then. Answers that the old one still waits for are written by nobody.
import { createDelivery } from "./delivery.ts";
import type { DeliveryEngine, DeliveryParts } from "./delivery.ts";
import type { Commands } from "./schedule/commands.ts";
import type { Steering } from "./schedule/steering.ts";
import type { WhyMarked } from "./show/marked.ts";

export type Delivering = {
  /** The engine that delivers, or waits until it may. */
  readonly now: DeliveryEngine;
  /** Those of the engine that delivers. */
  readonly commands: Pick<Commands, "cancel" | "replay">;
  readonly steering: Pick<Steering, "pause" | "setLive">;
  readonly whyMarked: WhyMarked;
  /** Resolves once this process delivers; rejects when another one still does after `waitMs`. */
  start(waitMs: number): Promise<void>;
  /** Lets what is under way finish for at most `graceMs`, and writes how far it came. */
  stop(graceMs: number): Promise<void>;
};

export function createDelivering(parts: Omit<DeliveryParts, "overtaken">): Delivering {
  let stopped = false;
  const create = (): DeliveryEngine => createDelivery({ ...parts, overtaken: beginAnew });
  let now = create();
  function beginAnew(): void {
    if (stopped) return;
    void now.stop(0);
    now = create();
    now.engine.start(Infinity).catch((error: unknown) => parts.trouble("delivery could not be resumed", error));
  }
  return {
    get now() {
      return now;
    },
    commands: {
      cancel: (id) => now.engine.commands.cancel(id),
      replay: (id) => now.engine.commands.replay(id),
    },
    steering: {
      pause: (...asked) => now.engine.steering.pause(...asked),
      setLive: (...asked) => now.engine.steering.setLive(...asked),
    },
    whyMarked: (open) => now.whyMarked(open),
    start: (waitMs) => now.engine.start(waitMs),
    stop(graceMs) {
      stopped = true;
      return now.stop(graceMs);
    },
  };
}
