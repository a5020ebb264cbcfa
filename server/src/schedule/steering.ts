// What people do to a subscription as a whole: pause it, set it live. Each is on disk when it is answered.
import type { By, Endpoints } from "./endpoints.ts";
import type { Holds } from "./holds.ts";

export type SteeringPorts = {
  readonly endpoints: Endpoints;
  readonly holds: Holds;
  readonly nowMs: () => number;
  /** This process delivers. */
  readonly owns: () => boolean;
  /** What waits behind its closed gate has its place among the held. */
  readonly placed: (subscription: number) => Promise<void>;
  readonly save: () => Promise<boolean>;
};

export class Steering {
  readonly #ports: SteeringPorts;

  constructor(ports: SteeringPorts) {
    this.#ports = ports;
  }

  /** Sends nothing until then, or until it is set live. False: this process does not deliver, nothing happened. */
  async pause(subscription: number, untilMs: number | null, by: By): Promise<boolean> {
    const { endpoints, owns, save } = this.#ports;
    if (!owns()) return false;
    endpoints.pause(subscription, untilMs, by);
    return save();
  }

  /** What is held is sent, carefully at first, or discarded: once that is on disk it counts as ended, and is drained behind. */
  async setLive(subscription: number, held: "send" | "discard", by: By): Promise<boolean> {
    const { endpoints, holds, nowMs, owns, placed, save } = this.#ports;
    if (!owns()) return false;
    if (held === "discard") await placed(subscription);
    endpoints.setLive(subscription, held === "discard" ? holds.position(nowMs()) : null, by);
    return save();
  }
}
