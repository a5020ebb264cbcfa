// The sample of a first start: a paid and a development workspace, an app installed in both, a subscription to a test inbox
// on this machine, and a few events, so that there is something to look at. Made over the public API like anybody's own.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startInbox } from "../inbox/inbox.ts";
import type { Inbox } from "../inbox/inbox.ts";
import { createClient } from "./api.ts";
import type { Api } from "./api.ts";

export type Sample = {
  readonly app: string;
  /** Where the suggested event is published. */
  readonly workspace: string;
  readonly workspaces: readonly string[];
  readonly inboxUrl: string;
  /** Notifications that the inbox took, in this run or an earlier one; of earlier ones the newest hundred count. */
  readonly delivered: number;
  stop(): Promise<void>;
};

/** What a later start needs to go on with the sample that an earlier one made. */
type Kept = { app: string; subscription: string; workspaces: string[]; inboxPort: number };

const workspaces = [
  { id: "sample", name: "Sample Workspace", kind: "paid", region: "us" },
  { id: "sample-dev", name: "Sample Development", kind: "development", region: "us" },
] as const;
const permissions = ["read_tickets", "read_conversations", "read_users_companies"];
const topics = ["ticket.created", "ticket.state.updated", "conversation.user.created", "contact.user.created", "company.created"];
const arrivalWaitMs = 5_000;

const keptFile = (dataDir: string): string => join(dataDir, "sample.json");

export type SampleOptions = { readonly dataDir: string; readonly wanted: boolean; readonly key: string };

/** Goes on with the sample that is there, makes one in an empty database where it is wanted, or gives null. */
export async function startSample(instance: { url: string }, { dataDir, wanted, key }: SampleOptions): Promise<Sample | null> {
  const api = createClient(instance.url, key);
  const kept = readKept(dataDir);
  if (kept) return resumed(api, kept, dataDir);
  if (!wanted || !(await isEmpty(api))) return null;
  return made(api, dataDir);
}

/** Deletes what the sample made; says what was left because it is in use. Null when there is no sample. */
export async function removeSample(
  instance: { url: string },
  { dataDir, key }: { dataDir: string; key: string },
): Promise<string[] | null> {
  const kept = readKept(dataDir);
  if (!kept) return null;
  const api = createClient(instance.url, key);
  const paths = [`/v1/apps/${kept.app}`, ...kept.workspaces.map((workspace) => `/v1/workspaces/${workspace}`)];
  const left: string[] = [];
  for (const path of paths) await api.delete(path).catch((error: Error) => left.push(error.message));
  rmSync(keptFile(dataDir), { force: true });
  return left;
}

function readKept(dataDir: string): Kept | null {
  return existsSync(keptFile(dataDir)) ? (JSON.parse(readFileSync(keptFile(dataDir), "utf8")) as Kept) : null;
}

async function isEmpty(api: Api): Promise<boolean> {
  const { data } = await api.get<{ data: unknown[] }>("/v1/workspaces?limit=1");
  return data.length === 0;
}

async function made(api: Api, dataDir: string): Promise<Sample> {
  for (const workspace of workspaces) await api.post("/v1/workspaces", workspace);
  const [paid, development] = workspaces;
  const app = await api.post<{ id: string; client_secret: string }>("/v1/apps", {
    name: "Sample App",
    workspace_id: development.id,
    permissions,
  });
  await api.post(`/v1/apps/${app.id}/installations`, { workspace_id: paid.id });
  const inbox = await startInbox({ secrets: () => [app.client_secret] });
  const subscription = await api.post<{ id: string }>(`/v1/apps/${app.id}/subscriptions`, { url: `${inbox.url}/webhooks`, topics });
  const inboxPort = Number(new URL(inbox.url).port);
  const kept = { app: app.id, subscription: subscription.id, workspaces: workspaces.map(({ id }) => id), inboxPort };
  writeFileSync(keptFile(dataDir), JSON.stringify(kept), { mode: 0o600 });
  await publishSome(api, inbox);
  return present(api, kept, inbox);
}

/** One event per topic, in turn for both workspaces, with the catalogue's own samples as items. */
async function publishSome(api: Api, inbox: Inbox): Promise<void> {
  const { data } = await api.get<{ data: { name: string; sample?: object }[] }>("/v1/topics");
  const known = topics.flatMap((topic) => data.filter(({ name, sample }) => name === topic && sample));
  const events = known.map(({ name, sample }, index) => ({ workspace_id: workspaces[index % 2]?.id, topic: name, item: sample }));
  const arrived = inbox.waitFor((_, all) => all.filter(isNotification).length >= events.length);
  await api.post("/v1/events/batch", events);
  // What is later than this arrives while the program runs.
  await Promise.race([arrived, setTimeout(arrivalWaitMs, null, { ref: false })]);
}

async function resumed(api: Api, kept: Kept, dataDir: string): Promise<Sample | null> {
  const secrets = await api.get<{ data: { client_secret: string }[] }>(`/v1/apps/${kept.app}/secrets`).catch(() => null);
  if (!secrets) return null;
  const values = secrets.data.map(({ client_secret }) => client_secret);
  const inbox = await startInbox({ secrets: () => values, port: kept.inboxPort }).catch(() => startInbox({ secrets: () => values }));
  const inboxPort = Number(new URL(inbox.url).port);
  if (inboxPort !== kept.inboxPort) {
    await api.patch(`/v1/apps/${kept.app}/subscriptions/${kept.subscription}`, { url: `${inbox.url}/webhooks` });
    writeFileSync(keptFile(dataDir), JSON.stringify({ ...kept, inboxPort }), { mode: 0o600 });
  }
  return present(api, { ...kept, inboxPort }, inbox);
}

type Received = Inbox["received"][number];

const isNotification = ({ body }: Received): boolean => !body.includes('"topic":"ping"');

async function present(api: Api, kept: Kept, inbox: Inbox): Promise<Sample> {
  const { data } = await api.get<{ data: unknown[] }>(`/v1/notifications?app=${kept.app}&status=delivered&limit=100`);
  return {
    app: kept.app,
    workspace: workspaces[0].id,
    workspaces: kept.workspaces,
    inboxUrl: inbox.url,
    // What arrived just now is in the log a moment later.
    delivered: Math.max(data.length, inbox.received.filter(isNotification).length),
    stop: () => inbox.close(),
  };
}
