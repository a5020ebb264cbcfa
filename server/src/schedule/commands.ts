// What people do to one notification that waits, or is over: cancel, replay. It is taken out of its queue, or out of the
// log, and gets its next step, or is put back.
import type { EndedReason } from "@bellhop/contract/reasons";
import type { Claimed, Claims } from "./claims.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Work } from "./work.ts";

export type CommandPorts = {
  readonly claims: Claims;
  readonly dispatcher: () => Dispatcher;
  /** Writes a step that makes it due at once. */
  readonly holdForReplay: (work: Work, done: () => void) => void;
  readonly trouble: (message: string, error: unknown) => void;
};

export type CommandResult =
  | { ok: true; status: "waiting" | "canceled" | "retrying" }
  | { ok: false; why: "not_found" | "over" | "busy" | "unavailable" }
  /** It would not be sent, for this reason. */
  | { ok: false; why: "refused"; reason: EndedReason };

export class Commands {
  readonly #ports: CommandPorts;

  constructor(ports: CommandPorts) {
    this.#ports = ports;
  }

  /** Ends what is not delivered yet; a request under way is waited for, and not repeated. */
  async cancel(id: string): Promise<CommandResult> {
    const claimed = await this.#ports.claims.find(id);
    if (typeof claimed === "string") return { ok: false, why: claimed };
    const { work, busy, over } = claimed;
    if (over) this.#ports.claims.putBack(claimed);
    if (over) return { ok: false, why: "over" };
    if (busy) work.canceled = true;
    else await new Promise<void>((resolve) => this.#ports.dispatcher().end(work, "canceled", resolve));
    return { ok: true, status: busy ? "retrying" : "canceled" };
  }

  /** Makes one more attempt at once: with a fresh policy where it was never delivered, one single request where it was. */
  async replay(id: string): Promise<CommandResult> {
    const claimed = await this.#ports.claims.find(id);
    if (typeof claimed === "string") return { ok: false, why: claimed };
    const { work, busy } = claimed;
    if (busy) return { ok: false, why: "busy" };
    const reason = await this.#refusal(claimed);
    if (reason !== null) {
      this.#ports.claims.putBack(claimed);
      return reason === "unavailable" ? { ok: false, why: reason } : { ok: false, why: "refused", reason };
    }
    if (!work.delivered) work.progress = { ...work.progress, policyStep: 0, throttledSinceMs: null };
    await new Promise<void>((resolve) => this.#ports.holdForReplay(work, resolve));
    return { ok: true, status: "waiting" };
  }

  async #refusal({ work }: Claimed): Promise<EndedReason | "unavailable" | null> {
    try {
      const gone = await this.#ports.dispatcher().load([work]);
      return gone.has(work.event) ? "expired" : this.#ports.dispatcher().whyNoReplay(work);
    } catch (error) {
      this.#ports.trouble("what a replay needs could not be read", error);
      return "unavailable";
    }
  }
}
