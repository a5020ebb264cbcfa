// The sample of a first start: workspaces, apps with endpoints at the test inbox of this machine, and a few events, so that
// there is something to look at: most of it works, some fails, is held, or does not arrive. Made over the public API like
// anybody's own.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Inbox } from "../inbox/inbox.ts";
import { createClient } from "./api.ts";
import type { Api } from "./api.ts";
import { apps, events, workspaces } from "./contents.ts";
import type { SampleApp, SampleSubscription } from "./contents.ts";

export type Sample = {
  /** The one that works. */
  readonly app: string;
  /** Where the suggested event is published. */
  readonly workspace: string;
  readonly workspaces: readonly string[];
  readonly inboxUrl: string;
  /** Notifications of that app that the inbox took, in this run or an earlier one; of earlier ones the newest hundred count. */
  readonly delivered: number;
};

/** What a later start needs to go on with the sample that an earlier one made. `app` and `subscription`: by releases before 0.2. */
type Kept = { apps?: string[]; app?: string; workspaces: string[]; inboxPort: number };

const arrivalWaitMs = 5_000;

const keptFile = (dataDir: string): string => join(dataDir, "sample.json");

export type SampleOptions = { readonly dataDir: string; readonly wanted: boolean; readonly key: string };

/** Goes on with the sample that is there, makes one in an empty database where it is wanted, or gives null. */
export async function startSample(
  { url, inbox }: { readonly url: string; readonly inbox: Inbox | null },
  { dataDir, wanted, key }: SampleOptions,
): Promise<Sample | null> {
  if (!inbox) return null;
  const api = createClient(url, key);
  const kept = readKept(dataDir);
  if (kept) return resumed(api, kept, inbox, dataDir);
  if (!wanted || !(await isEmpty(api))) return null;
  return made(api, inbox, dataDir);
}

/** Deletes what the sample made; says what was left because it is in use. Null when there is no sample. */
export async function removeSample(
  instance: { url: string },
  { dataDir, key }: { dataDir: string; key: string },
): Promise<string[] | null> {
  const kept = readKept(dataDir);
  if (!kept) return null;
  const api = createClient(instance.url, key);
  const left: string[] = [];
  for (const path of [...appsOf(kept).map((app) => `/v1/apps/${app}`), ...kept.workspaces.map((id) => `/v1/workspaces/${id}`)])
    await api.delete(path).catch((error: Error) => left.push(error.message));
  // Outside of local mode there is no inbox that could be told.
  for (const { path } of told) await api.put("/v1/inbox/behaviour", { path, answer: 200 }).catch(() => undefined);
  rmSync(keptFile(dataDir), { force: true });
  return left;
}

/** Endpoints that answer as nobody would who was not told to. */
const told = apps.flatMap(({ subscriptions }) => subscriptions).filter(({ answer }) => answer !== 200);

const appsOf = ({ apps: ids, app }: Kept): string[] => ids ?? (app === undefined ? [] : [app]);

function readKept(dataDir: string): Kept | null {
  return existsSync(keptFile(dataDir)) ? (JSON.parse(readFileSync(keptFile(dataDir), "utf8")) as Kept) : null;
}

async function isEmpty(api: Api): Promise<boolean> {
  const { data } = await api.get<{ data: unknown[] }>("/v1/workspaces?limit=1");
  return data.length === 0;
}

async function made(api: Api, inbox: Inbox, dataDir: string): Promise<Sample> {
  for (const workspace of workspaces) await api.post("/v1/workspaces", workspace);
  const ids: string[] = [];
  // The newest is listed first: the one that works.
  for (const app of apps.toReversed()) ids.unshift(await makeApp(api, app, inbox));
  for (const { path, answer } of told) await api.put("/v1/inbox/behaviour", { path, answer });
  const kept = { apps: ids, workspaces: workspaces.map(({ id }) => id), inboxPort: portOf(inbox) };
  writeFileSync(keptFile(dataDir), JSON.stringify(kept), { mode: 0o600 });
  await publishAll(api, inbox);
  return present(api, kept, inbox);
}

async function makeApp(
  api: Api,
  { name, description, permissions, owner, installedIn, subscriptions }: SampleApp,
  inbox: Inbox,
): Promise<string> {
  const { id } = await api.post<{ id: string }>("/v1/apps", { name, description, permissions, workspace_id: owner });
  for (const workspace of installedIn) await api.post(`/v1/apps/${id}/installations`, { workspace_id: workspace });
  for (const subscription of subscriptions) await subscribe(api, `/v1/apps/${id}/subscriptions`, subscription, inbox);
  return id;
}

async function subscribe(api: Api, at: string, { path, settings, isPaused }: SampleSubscription, inbox: Inbox): Promise<void> {
  const { id } = await api.post<{ id: string }>(at, { url: inbox.url + path, ...settings });
  if (isPaused) await api.post(`${at}/${id}/pause`, {});
}

/** Waits for those that will arrive. */
async function publishAll(api: Api, inbox: Inbox): Promise<void> {
  const { data } = await api.get<{ data: { name: string; sample?: object }[] }>("/v1/topics");
  const samples = new Map(data.map(({ name, sample }) => [name, sample]));
  const known = events.filter(([, topic]) => samples.get(topic));
  const arrived = inbox.waitFor((_, all) => all.filter(isDelivered).length >= known.length);
  await api.post(
    "/v1/events/batch",
    known.map(([workspace, topic]) => ({ workspace_id: workspace, topic, item: samples.get(topic) })),
  );
  // What is later than this arrives while the program runs.
  await Promise.race([arrived, setTimeout(arrivalWaitMs, null, { ref: false })]);
}

/** Where the inbox had to take another port, the endpoints follow it. */
async function resumed(api: Api, kept: Kept, inbox: Inbox, dataDir: string): Promise<Sample | null> {
  const [app] = appsOf(kept);
  const exists = await api.get(`/v1/apps/${app}`).then(
    () => true,
    () => false,
  );
  if (!exists) return null;
  if (portOf(inbox) !== kept.inboxPort) {
    for (const id of appsOf(kept)) await follow(api, `/v1/apps/${id}/subscriptions`, `http://127.0.0.1:${kept.inboxPort}/`, inbox);
    writeFileSync(keptFile(dataDir), JSON.stringify({ ...kept, inboxPort: portOf(inbox) }), { mode: 0o600 });
  }
  return present(api, kept, inbox);
}

async function follow(api: Api, at: string, before: string, inbox: Inbox): Promise<void> {
  // One of the apps may be gone by now.
  const { data } = await api.get<{ data: { id: string; url: string }[] }>(at).catch(() => ({ data: [] }));
  for (const { id, url } of data.filter((each) => each.url.startsWith(before)))
    await api.patch(`${at}/${id}`, { url: `${inbox.url}/${url.slice(before.length)}` });
}

const portOf = ({ url }: Inbox): number => Number(new URL(url).port);

type Received = Inbox["received"][number];

const isDelivered = ({ answer, body }: Received): boolean => answer === 200 && !body.includes('"topic":"ping"');

async function present(api: Api, kept: Kept, inbox: Inbox): Promise<Sample> {
  const [app = ""] = appsOf(kept);
  const { data } = await api.get<{ data: unknown[] }>(`/v1/notifications?app=${app}&status=delivered&limit=100`);
  return {
    app,
    workspace: workspaces[0].id,
    workspaces: kept.workspaces,
    inboxUrl: inbox.url,
    // What arrived just now is in the log a moment later.
    delivered: Math.max(data.length, inbox.received.filter(isDelivered).length),
  };
}
