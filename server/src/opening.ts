// What has to be right before anything runs: the catalogue can be read, the database is one that Bellhop can use, and the
// encryption key is the one that sealed it. Gives what the program then keeps of it in memory.
import { loadCatalogueDocument } from "./catalogue-file.ts";
import type { Config } from "./config.ts";
import { readCatalogue } from "./domain/catalogue.ts";
import { createKeyFinder } from "./manage/keys-find.ts";
import type { KeyFinder } from "./manage/keys-find.ts";
import { ensureFirstKey } from "./manage/keys-first.ts";
import type { FirstKey } from "./manage/keys-first.ts";
import { checkEncryptionKey } from "./manage/secrets-key-check.ts";
import { createCatalogueHolder } from "./manage/topics-holder.ts";
import type { CatalogueHolder } from "./manage/topics-holder.ts";
import { StartRefused } from "./start-refused.ts";
import { createDatabaseClock } from "./store/database-clock.ts";
import type { DatabaseClock } from "./store/database-clock.ts";
import { openDatabase } from "./store/database.ts";
import type { Database } from "./store/database.ts";
import { Directory } from "./store/directory.ts";
import { migrate, MigrationRefused } from "./store/migrate.ts";
import { createSeal } from "./store/seal.ts";
import type { Seal } from "./store/seal.ts";
import { startUpkeep } from "./store/upkeep.ts";

/** Mistakes of the catalogue named in the sentence that refuses a start. */
const mistakesTold = 5;

export type OpeningOptions = {
  readonly config: Config;
  readonly databaseUrl: string;
  /** The database is the operator's own, not the private one. */
  readonly foreign: boolean;
  readonly encryptionKey: Buffer;
  /** Where the first key is written. */
  readonly keyFile: string;
  /** This machine's clock. */
  readonly wallMs: () => number;
  readonly trouble: (message: string, error: unknown) => void;
};

export type Opened = {
  readonly database: Database;
  readonly seal: Seal;
  readonly clock: DatabaseClock;
  readonly catalogue: CatalogueHolder;
  readonly directory: Directory;
  readonly keys: KeyFinder;
  readonly firstKey: FirstKey;
  close(): Promise<void>;
};

export async function open(options: OpeningOptions): Promise<Opened> {
  const { config, trouble } = options;
  const document = await readCatalogueDocument(config.catalogue);
  await migrate(options.databaseUrl).catch((error: Error) => {
    if (error instanceof MigrationRefused) throw new StartRefused(error.message);
    throw options.foreign ? new StartRefused(`The database of DATABASE_URL cannot be used: ${error.message}`, { cause: error }) : error;
  });
  const database = openDatabase(options.databaseUrl, (error) => trouble("a database connection broke", error));
  try {
    return await openOn(database, document, options);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openOn(database: Database, document: unknown, options: OpeningOptions): Promise<Opened> {
  const { config, trouble, keyFile, encryptionKey } = options;
  const seal = createSeal(encryptionKey);
  const check = await checkEncryptionKey(database, seal);
  if (!check.ok) throw new StartRefused(check.sentence);
  const clock = createDatabaseClock(database.control, options.wallMs);
  await clock.measure();
  const catalogue = await createCatalogueHolder(database, document);
  const directory = new Directory(database, seal);
  await directory.refresh();
  const firstKey = await ensureFirstKey(database, { adminKey: config.adminKey ?? undefined, file: keyFile });
  const upkeep = await startUpkeep(database, { retentionDays: config.retentionDays, nowMs: clock.nowMs, trouble });
  const close = async (): Promise<void> => {
    upkeep.stop();
    await database.close();
  };
  return { database, seal, clock, catalogue, directory, keys: createKeyFinder(database), firstKey, close };
}

async function readCatalogueDocument(setting: string): Promise<unknown> {
  const read = await loadCatalogueDocument(setting);
  if (!read.ok) throw new StartRefused(`BELLHOP_CATALOGUE: ${read.problem}`);
  const found = readCatalogue(read.document);
  if (found.ok) return read.document;
  const first = found.mistakes.slice(0, mistakesTold).map(({ pointer, message }) => `${pointer} ${message}`);
  const more = found.mistakes.length > mistakesTold ? `, and ${found.mistakes.length - mistakesTold} more` : "";
  throw new StartRefused(`The catalogue file ${setting} (BELLHOP_CATALOGUE) has mistakes: ${first.join("; ")}${more}.`);
}
