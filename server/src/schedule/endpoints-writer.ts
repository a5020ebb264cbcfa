// Has what is known of endpoints written: one write at a time, changes of state with their history at once, counts with
// the checkpoint.
import type { Database } from "../store/database.ts";
import { raiseVersionOf, writeHealth } from "../store/health.ts";
import { transaction } from "../store/sql.ts";
import type { Endpoints } from "./endpoints.ts";

export type WriterPorts = {
  readonly database: Database;
  readonly endpoints: Endpoints;
  readonly epoch: () => number | null;
  readonly fenced: () => void;
  /** Control data is newer. */
  readonly changed: () => Promise<void>;
  readonly trouble: (message: string, error: unknown) => void;
};

export class EndpointsWriter {
  readonly #ports: WriterPorts;
  #writing: Promise<boolean> = Promise.resolve(true);

  constructor(ports: WriterPorts) {
    this.#ports = ports;
  }

  /** Everything known at the call is on disk; false when it could not be written, and will be tried again. */
  save(): Promise<boolean> {
    this.#writing = this.#writing.then(() => this.#save());
    return this.#writing;
  }

  async #save(): Promise<boolean> {
    const { database, endpoints, epoch: owned, fenced, changed, trouble } = this.#ports;
    const epoch = owned();
    if (epoch === null) return false;
    const unwritten = endpoints.takeUnwritten();
    const { entries, history, disabling } = unwritten;
    if (entries.length === 0 && history.length === 0) return true;
    try {
      const written = await transaction(database.control, async (on) => {
        if (disabling.length > 0) await raiseVersionOf(on, disabling);
        return writeHealth(on, epoch, entries, history);
      });
      if (!written) fenced();
      if (!written) endpoints.putBack(unwritten);
      if (written) endpoints.wasWritten(unwritten);
      if (written && disabling.length > 0) await changed();
      return written;
    } catch (error) {
      endpoints.putBack(unwritten);
      trouble("the states of subscriptions could not be written; it is tried again", error);
      return false;
    }
  }
}
