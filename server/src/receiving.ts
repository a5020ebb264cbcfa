// The test inbox of local mode: a receiver on a port of its own that is kept over restarts, like what its paths were told to
// answer. It knows the secrets of every app that has it as an endpoint, and shows itself in the API.
import { readFileSync, writeFileSync } from "node:fs";
import { inboxEndpointsMax, inboxShownCharactersMax } from "@bellhop/contract/inbox";
import type { InboxView } from "@bellhop/contract/inbox";
import { willing } from "./inbox/behaviour.ts";
import type { Behaviour, Behaviours } from "./inbox/behaviour.ts";
import { shownHeaders, startInbox } from "./inbox/inbox.ts";
import type { Inbox } from "./inbox/inbox.ts";
import type { Database } from "./store/database.ts";
import { secretRows } from "./store/directory-rows.ts";
import { subscriptionsPointingAt } from "./store/inbox-pointing.ts";
import type { PointingRow } from "./store/inbox-pointing.ts";
import type { Seal } from "./store/seal.ts";

/** Below the ports that the system gives to outgoing connections, one of which could take it between two starts; none up to the last is of another protocol. */
const firstPort = 4_210;
const portsTried = 50;
/** How long the secrets that were read are good for, unless they make a signature wrong. */
const secretsKeptMs = 5_000;

export type ReceivingOptions = {
  /** Keeps the port, and what its paths answer. */
  readonly file: string;
  /** Never used for the inbox: nothing is sent to them. */
  readonly ownPorts: readonly number[];
  readonly database: Pick<Database, "read">;
  readonly seal: Seal;
  readonly monotonicMs: () => number;
  readonly trouble: (message: string, error: unknown) => void;
};

export type Receiving = {
  readonly inbox: Inbox;
  show(limit: number): Promise<InboxView>;
};

export async function startReceiving(options: ReceivingOptions): Promise<Receiving> {
  const kept = readKept(options.file);
  const reading = { ...options, origins: (): string[] => originsOf(inbox) };
  const keep = (): void => writeFileSync(options.file, JSON.stringify(toKept(inbox)), { mode: 0o600 });
  const asked = { secrets: createSecrets(reading), behaviours: kept.behaviours, behaved: keep };
  const inbox = await listen(portsToTry(kept.port, options.ownPorts), (port) => startInbox({ ...asked, port }));
  keep();
  return { inbox, show: (limit) => show(inbox, reading, limit) };
}

function portsToTry(kept: number | null, taken: readonly number[]): number[] {
  const usual = Array.from({ length: portsTried }, (_, index) => firstPort + index);
  return [...[...(kept === null ? [] : [kept]), ...usual].filter((port) => !taken.includes(port)), 0];
}

/** On the first port that is free; 0, the last, is any. */
async function listen(ports: readonly number[], start: (port: number) => Promise<Inbox>): Promise<Inbox> {
  const [port = 0, ...others] = ports;
  try {
    return await start(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return listen(others, start);
  }
}

type Reading = Pick<ReceivingOptions, "database" | "seal" | "monotonicMs" | "trouble"> & { readonly origins: () => string[] };

/** As a person may write it. */
function originsOf({ url }: Inbox): string[] {
  return [`${url}/`, `${url.replace("127.0.0.1", "localhost")}/`];
}

/** While the database cannot be asked, those it gave last. */
function createSecrets(reading: Reading): (again: boolean) => Promise<readonly string[]> {
  const { monotonicMs, trouble } = reading;
  let known: readonly string[] = [];
  let readAtMs = -Infinity;
  return async (again) => {
    if (!again && monotonicMs() < readAtMs + secretsKeptMs) return known;
    try {
      known = await readSecrets(reading);
      readAtMs = monotonicMs();
    } catch (error) {
      trouble("the test inbox could not read the secrets", error);
    }
    return known;
  };
}

async function readSecrets({ database, seal, origins }: Reading): Promise<string[]> {
  const pointing = await subscriptionsPointingAt(database.read, origins());
  const ids = new Map(pointing.map(({ app, app_id: id }) => [app, id]));
  const clientSecrets = await secretRows(database.read, [...ids.keys()]);
  const own = pointing.flatMap(({ subscription, sealed_signing_secret: sealed }) =>
    sealed ? [seal.open(sealed, `signing_secret:${subscription}`)] : [],
  );
  return [...clientSecrets.map(({ app, number, sealed }) => seal.open(sealed, `secret:${ids.get(app)}:${number}`)), ...own];
}

async function show(inbox: Inbox, { database, origins }: Reading, limit: number): Promise<InboxView> {
  const pointing = await subscriptionsPointingAt(database.read, origins());
  const received = inbox.received.slice(-limit).toReversed();
  const users = Map.groupBy(pointing, pathOf);
  const paths = new Set([
    ...users.keys(),
    ...inbox.behaviours.paths.keys(),
    ...received.map(({ path }) => path.split("?", 1)[0] as string),
  ]);
  return {
    url: inbox.url,
    endpoints: [...paths].slice(0, inboxEndpointsMax).map((path) => ({
      url: inbox.url + path,
      path,
      behaviour: behaviourView(inbox.behaviours.paths.get(path) ?? inbox.behaviours.others),
      subscriptions: (users.get(path) ?? []).map(({ app_id: app, subscription }) => ({ app, subscription })),
    })),
    total: inbox.total,
    received: received.map(receivedView),
  };
}

const pathOf = ({ url }: PointingRow): string => new URL(url).pathname;

const behaviourView = ({ answer, retryAfterSeconds }: Behaviour): InboxView["endpoints"][number]["behaviour"] => ({
  answer,
  retry_after_s: retryAfterSeconds,
});

function receivedView({
  body,
  hub,
  standard,
  answer,
  number,
  at,
  path,
  headers,
}: Inbox["received"][number]): InboxView["received"][number] {
  return {
    number,
    at,
    path,
    ...namedIn(body),
    headers: shownHeaders(headers),
    body: body.slice(0, inboxShownCharactersMax),
    body_cut: body.length > inboxShownCharactersMax,
    signatures: { hub, standard },
    answered: answer,
  };
}

/** What an envelope says it is about; anybody may send anything. */
function namedIn(body: string): { topic: string | null; notification: string | null } {
  const { topic, id } = parsed(body);
  return { topic: typeof topic === "string" ? topic : null, notification: typeof id === "string" && id.startsWith("notif_") ? id : null };
}

function parsed(body: string): { topic?: unknown; id?: unknown } {
  try {
    return (JSON.parse(body) as object | null) ?? {};
  } catch {
    return {};
  }
}

type Kept = { readonly port: number; readonly others: Behaviour; readonly paths: readonly (readonly [string, Behaviour])[] };

function toKept({ url, behaviours: { others, paths } }: Inbox): Kept {
  return { port: Number(new URL(url).port), others, paths: [...paths] };
}

function readKept(file: string): { port: number | null; behaviours: Behaviours } {
  try {
    const { port, others, paths } = JSON.parse(readFileSync(file, "utf8")) as Kept;
    return { port, behaviours: { others, paths: new Map(paths) } };
  } catch (error) {
    // Cut off while it was written, or of no use otherwise: it is made anew.
    if (!(error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT")) throw error;
    return { port: null, behaviours: { others: willing, paths: new Map() } };
  }
}
