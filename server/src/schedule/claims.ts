// Taking one notification out of its queue, or out of the log, for whoever writes its next step; and putting it back.
import type { Database } from "../store/database.ts";
import { findNewest } from "../store/scan.ts";
import type { ResumedRow } from "../store/scan.ts";
import type { Queue } from "./queue.ts";
import { resumedWork } from "./work.ts";
import type { Work } from "./work.ts";

export type ClaimPorts = {
  readonly database: Database;
  readonly queue: Queue;
  readonly nowMs: () => number;
  /** This process owns what it would write to. */
  readonly owns: () => boolean;
  /** Everything committed before the call has been scanned. */
  readonly scanned: () => Promise<void>;
  /** What is held at this place was read, and counts as being in memory. */
  readonly isRead: (work: Work) => boolean;
  /** What is due up to here is in memory. */
  readonly horizonMs: () => number;
};

/** `busy`: a request or a step of it is under way. `over`: delivered, or ended. */
export type Claimed = { readonly work: Work; readonly busy: boolean; readonly over: boolean; readonly fromMemory: boolean };

export class Claims {
  readonly #ports: ClaimPorts;

  constructor(ports: ClaimPorts) {
    this.#ports = ports;
  }

  async find(id: string): Promise<Claimed | "not_found" | "unavailable"> {
    const { queue, database, owns, scanned } = this.#ports;
    if (!owns()) return "unavailable";
    const held = this.#inMemory(id);
    if (held) return held;
    const found = await queue.remembering(async () => {
      const row = await findNewest(database.read, id);
      // Committed and not scanned yet: it must come in by the scan, which keeps count of it.
      if (row?.step === 0) await scanned();
      return row && (queue.get(id) || queue.isStale(id, row.step) ? "again" : this.row(row));
    });
    return found === "again" ? this.find(id) : (found ?? "not_found");
  }

  row(row: ResumedRow): Claimed {
    const held = this.#inMemory(row.id);
    if (held) return held;
    const { queue, nowMs } = this.#ports;
    const work = resumedWork(row, nowMs());
    if (queue.isStale(row.id, row.step)) return { work, busy: true, over: false, fromMemory: false };
    queue.adopt(work);
    return { work, busy: false, over: row.delivered || row.kind === "e", fromMemory: false };
  }

  /** As it was: in memory when it came from there or is due soon, on disk alone otherwise. */
  putBack({ work, over, fromMemory }: Claimed): void {
    const { queue, nowMs, horizonMs, isRead } = this.#ports;
    // What is held waits for its turn, not for the time at which it ends.
    const isHeld = work.heldCause !== null && (fromMemory || work.position !== null);
    const stays = fromMemory || (!over && (work.position === null ? work.dueAtMs <= horizonMs() : isRead(work)));
    if (!stays) queue.finish(work, false);
    else if (isHeld) queue.putBack(work, nowMs());
    else queue.defer(work, nowMs());
  }

  #inMemory(id: string): Claimed | null {
    const work = this.#ports.queue.get(id);
    return work ? { work, busy: !this.#ports.queue.withdraw(work), over: false, fromMemory: true } : null;
  }
}
