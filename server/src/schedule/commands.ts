// What people and changes of control data do to notifications that wait: cancel, replay, and ending what would not be sent
// any more. Each takes the notification out of its queue, or out of the log, writes its next step, or puts it back.
import type { EndedReason } from "@bellhop/contract/reasons";
import { firstIdAt } from "../domain/id.ts";
import type { Database } from "../store/database.ts";
import { findNewest, subscriptionsOf, waitingRetries } from "../store/scan.ts";
import type { ResumedRow } from "../store/scan.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Queue } from "./queue.ts";
import { resumedWork } from "./work.ts";
import type { Work } from "./work.ts";

const sweepPage = 200;

export type CommandPorts = {
  readonly database: Database;
  readonly queue: Queue;
  readonly dispatcher: () => Dispatcher;
  readonly nowMs: () => number;
  /** This process owns what it would write to. */
  readonly owns: () => boolean;
  /** Everything committed before the call has been scanned. */
  readonly scanned: () => Promise<void>;
  /** What is due up to here is in memory. */
  readonly horizonMs: () => number;
  /** Writes a step that makes it due at once. */
  readonly holdForReplay: (work: Work, done: () => void) => void;
  readonly trouble: (message: string, error: unknown) => void;
};

export type CommandResult =
  | { ok: true; status: "waiting" | "canceled" | "retrying" }
  | { ok: false; why: "not_found" | "over" | "busy" | "unavailable" }
  /** It would not be sent, for this reason. */
  | { ok: false; why: "refused"; reason: EndedReason };

/** `busy`: a request or a step of it is under way. `over`: delivered, or ended. */
type Claimed = { readonly work: Work; readonly busy: boolean; readonly over: boolean };

export class Commands {
  readonly #ports: CommandPorts;

  constructor(ports: CommandPorts) {
    this.#ports = ports;
  }

  /** Ends what is not delivered yet; a request under way is waited for, and not repeated. */
  async cancel(id: string): Promise<CommandResult> {
    const claimed = await this.#claim(id);
    if (typeof claimed === "string") return { ok: false, why: claimed };
    const { work, busy, over } = claimed;
    if (over) this.#putBack(claimed);
    if (over) return { ok: false, why: "over" };
    if (busy) work.canceled = true;
    else await this.#end(work, "canceled");
    return { ok: true, status: busy ? "retrying" : "canceled" };
  }

  /** Makes one more attempt at once: with a fresh policy where it was never delivered, one single request where it was. */
  async replay(id: string): Promise<CommandResult> {
    const claimed = await this.#claim(id);
    if (typeof claimed === "string") return { ok: false, why: claimed };
    const { work, busy } = claimed;
    if (busy) return { ok: false, why: "busy" };
    const reason = await this.#refusal(work);
    if (reason !== null) {
      this.#putBack(claimed);
      return reason === "unavailable" ? { ok: false, why: reason } : { ok: false, why: "refused", reason };
    }
    if (!work.delivered) work.progress = { ...work.progress, policyStep: 0, throttledSinceMs: null };
    await new Promise<void>((resolve) => this.#ports.holdForReplay(work, resolve));
    return { ok: true, status: "waiting" };
  }

  /**
   * Control data of these apps changed: retries that would not be sent any more end now, wherever in time they wait. What
   * is in a queue, or held, ends when its turn comes.
   */
  async sweep(apps: readonly number[]): Promise<void> {
    const { database, trouble } = this.#ports;
    try {
      for (const subscription of await subscriptionsOf(database.control, apps)) await this.#sweepOne(subscription);
    } catch (error) {
      trouble("retries that are not to be sent could not all be ended; each ends when it is due", error);
    }
  }

  async #sweepOne(subscription: number): Promise<void> {
    let after = firstIdAt(0);
    for (let full = true; full && this.#ports.owns();) {
      const rows = await waitingRetries(this.#ports.database.read, subscription, after, sweepPage);
      const claims = rows.map((row) => this.#claimRow(row)).filter(({ busy }) => !busy);
      await this.#ports.dispatcher().load(claims.map(({ work }) => work));
      for (const claim of claims) {
        const reason = this.#ports.dispatcher().refusal(claim.work);
        if (reason === null) this.#putBack(claim);
        else void this.#end(claim.work, reason);
      }
      after = rows.at(-1)?.id ?? after;
      full = rows.length === sweepPage;
    }
  }

  async #claim(id: string): Promise<Claimed | "not_found" | "unavailable"> {
    const { queue, database, owns, scanned } = this.#ports;
    if (!owns()) return "unavailable";
    const held = queue.get(id);
    if (held) return { work: held, busy: !queue.withdraw(held), over: false };
    const row = await findNewest(database.read, id);
    if (!row) return "not_found";
    // Committed and not scanned yet: it must come in by the scan, which keeps count of it.
    if (row.step === 0) await scanned();
    return queue.get(id) ? this.#claim(id) : this.#claimRow(row);
  }

  #claimRow(row: ResumedRow): Claimed {
    const { queue, nowMs } = this.#ports;
    const held = queue.get(row.id);
    if (held) return { work: held, busy: !queue.withdraw(held), over: false };
    const work = resumedWork(row, nowMs());
    queue.adopt(work);
    return { work, busy: false, over: row.delivered || row.kind === "e" };
  }

  /** As it was: in memory when it is due soon, on disk alone otherwise. */
  #putBack({ work, over }: Claimed): void {
    const { queue, nowMs, horizonMs } = this.#ports;
    if (over || work.dueAtMs > horizonMs()) queue.finish(work);
    else queue.defer(work, nowMs());
  }

  #end(work: Work, reason: EndedReason): Promise<void> {
    return new Promise((resolve) => this.#ports.dispatcher().end(work, reason, resolve));
  }

  async #refusal(work: Work): Promise<EndedReason | "unavailable" | null> {
    try {
      await this.#ports.dispatcher().load([work]);
      return this.#ports.dispatcher().refusal(work);
    } catch (error) {
      this.#ports.trouble("what a replay needs could not be read", error);
      return "unavailable";
    }
  }
}
