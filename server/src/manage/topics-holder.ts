// The catalogue in force: the operator's own where there is one, else the configured. Held parsed; everybody asks for the
// current one each time, so that a change reaches them all at once.
import { readCatalogue } from "../domain/catalogue.ts";
import type { Catalogue } from "../domain/catalogue.ts";
import { catalogueRow } from "../store/catalogue.ts";
import type { Database } from "../store/database.ts";
import type { Connection } from "../store/sql.ts";

export type CatalogueHolder = {
  current(): Catalogue;
  /** Reads again unless what is held was read at this control version or later. */
  refresh(version: number): Promise<void>;
  /** What is in force as this connection's transaction sees it. */
  readOn(on: Connection): Promise<Catalogue>;
};

/** `builtInDocument`: what the configuration names, parsed. Throws where it, or what is stored, is not a catalogue. */
export async function createCatalogueHolder(database: Database, builtInDocument: unknown): Promise<CatalogueHolder> {
  const builtIn: Held = { catalogue: readOrThrow(builtInDocument, "The configured catalogue"), version: 0 };
  let held = builtIn;
  let refreshedAt = 0;
  const readOn = async (on: Connection): Promise<Held> => {
    const row = await catalogueRow(on);
    if (row === undefined) return builtIn;
    if (row.version === held.version) return held;
    return { catalogue: readOrThrow(JSON.parse(row.document), "The stored catalogue"), version: row.version };
  };
  held = await readOn(database.control);
  return {
    current: () => held.catalogue,
    refresh: async (version) => {
      if (version <= refreshedAt) return;
      const read = await readOn(database.control);
      if (read.version > held.version) held = read;
      refreshedAt = Math.max(refreshedAt, version);
    },
    readOn: async (on) => (await readOn(on)).catalogue,
  };
}

/** `version`: the control version that wrote it, 0 for the configured one. */
type Held = { readonly catalogue: Catalogue; readonly version: number };

function readOrThrow(document: unknown, what: string): Catalogue {
  const read = readCatalogue(document);
  if (read.ok) return read.catalogue;
  throw new Error(`${what} has mistakes: ${read.mistakes.map(({ pointer, message }) => `${pointer} ${message}`).join("; ")}.`);
}
