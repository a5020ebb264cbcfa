// Something of everything that exists, for a fuzz to name: workspaces, apps with subscriptions, notifications that arrived and
// such that wait, replays, a brake, a topic that nobody chose, cursors of several lists. The first of each kind is right for
// whatever may be done to one.
import { randomUUID } from "node:crypto";
import { makeCallers } from "./fuzz-callers.ts";
import type { FuzzCallers } from "./fuzz-callers.ts";
import type { Known } from "./fuzz-schema.ts";
import { makeUndelivered, nothingUndelivered } from "./fuzz-undelivered.ts";
import type { TestProgram } from "./in-process.ts";

const topic = "ticket.created";
const dayMs = 86_400_000;
/** Each may be deleted, or lose its old secret, once. */
const sparesCount = 1;

export type FuzzWorld = {
  readonly known: Known;
  /** Ids of every kind: each is wrong for most routes. */
  readonly ids: readonly string[];
  readonly callers: FuzzCallers;
  readonly installationToken: string;
};

type Made = { readonly id: string };
type Values = Readonly<Record<string, readonly unknown[]>>;

/** `whole`: with what takes time and few operations need: notifications and replays that wait, a topic to change, cursors. */
export async function makeFuzzWorld(program: TestProgram, { whole }: { whole: boolean }): Promise<FuzzWorld> {
  const installed = await program.makeInstalled({ topics: [topic], named: `fuzzed-${randomUUID()}` });
  const { workspace, app, subscription, inbox } = installed;
  const externalId = `fuzz ${workspace}`;
  await program.must("PATCH", `/v1/workspaces/${workspace}`, { external_id: externalId });
  const soon = new Date(program.nowMs + dayMs).toISOString();
  const since = new Date(program.nowMs - dayMs).toISOString();
  const delivered = await makeDelivered(program, workspace);
  const [undelivered, callers] = await Promise.all([
    whole ? makeUndelivered(program, installed, since) : nothingUndelivered,
    makeCallers(program, workspace),
  ]);
  const spares = await makeSpares(program, workspace, app);
  const { access_token: installationToken } = await program.must<{ access_token: string }>("POST", `/v1/apps/${app}/installations`, {
    workspace_id: workspace,
    new_access_token: true,
  });
  const brake = await program.must<Made>("POST", "/v1/brakes", { host: "hooks.example.com", until: soon, reason: "A test." });
  const now = new Date(program.nowMs).toISOString();
  const ids = {
    workspaces: [...spares.workspaces, workspace, `ext:${externalId}`, `ext:new ${workspace}`],
    apps: [app, app, app, app, app, app, ...spares.apps],
    events: [delivered.event],
    notifications: [...undelivered.notifications, delivered.notification],
    replays: undelivered.replays,
    brakes: [brake.id],
    keys: [callers.keyId],
  };
  const values: Values = {
    ...Object.fromEntries(Object.entries(ids).map(([kind, ofKind]) => [`${kind} id`, ofKind])),
    ...settings(inbox.url),
    workspace_id: [workspace, `ext:${externalId}`],
    app: [app],
    subscription: [subscription, subscription, ...undelivered.paused],
    sub: [subscription, subscription, ...undelivered.paused],
    since: [since, since, since, since, Date.parse(since) / 1000, "2.0"],
    until: [now, now, soon],
    expires_at: [soon],
    token: callers.links,
    cursor: [...mostlyLeftOut, ...(whole ? await cursors(program, app) : [])],
    q: [...mostlyLeftOut, "object:1", "after:2h", "topic:ticket.*", `app:${app} status:held`, "code:2xx before:1m"],
    createBrake: [{ workspace_id: workspace }, { app }, { subscription }, { host: "hooks.example.com" }].map((named) => ({
      ...named,
      until: soon,
      reason: "A fuzz.",
    })),
    ...(whole ? await catalogueValues(program, workspace) : {}),
  };
  return {
    known: (name) => values[name] ?? [],
    ids: [...new Set([...Object.values(ids).flat(), subscription])],
    callers,
    installationToken,
  };
}

async function makeDelivered(program: TestProgram, workspace: string): Promise<{ event: string; notification: string }> {
  const { id: event } = await program.publish({ workspace_id: workspace, topic, item: { type: "ticket", id: "1" } });
  const notification = await program.notificationOf(event);
  await program.settled(notification, "delivered");
  return { event, notification };
}

/** Of fields that are refused beside most others, or whatever they have. */
const mostlyLeftOut: readonly undefined[] = Array.from({ length: 25 }, () => undefined);

const settings = (url: string): Values => ({
  topic: [topic, "ping", "ticket.closed"],
  topics: [topic, "contact.user.created"],
  topics_off: [topic],
  url: [`${url}/hooks`, "http://hooks.example.com/"],
  uninstall_url: [`${url}/uninstall`],
  health_url: [`${url}/health`],
  redirect_urls: ["https://hooks.example.com/back"],
  headers: [{ "x-fuzz": "yes" }],
  host: ["hooks.example.com", "LOCALHOST:80"],
  region: ["us", "eu"],
  name: [topic, "ticket.closed"],
  permissions: ["read_tickets", "read_admins"],
  signing_secret: ["generate", `whsec_${Buffer.alloc(32, 1).toString("base64")}`],
  item: [{ type: "ticket", id: "2" }],
  object_id: ["1", "3"],
  include: ["all", "all", "failed", "missed"],
  traceparent: ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
  idempotency_key: ["once"],
  filter: [undefined],
  rate_per_second: [undefined],
});

async function makeSpares(program: TestProgram, workspace: string, app: string): Promise<{ workspaces: string[]; apps: string[] }> {
  const workspaces: string[] = [];
  const apps: string[] = [];
  for (let made = 0; made < sparesCount; made++) {
    const externalId = `spare ${made} ${workspace}`;
    await program.must("POST", "/v1/workspaces", { name: "Empty", external_id: externalId, kind: "paid", region: "us" });
    workspaces.push(`ext:${externalId}`);
    apps.push((await program.must<Made>("POST", "/v1/apps", { name: "Spare", workspace_id: workspace })).id);
  }
  for (const each of [app, ...apps]) await program.must("POST", `/v1/apps/${each}/secrets`, {});
  return { workspaces, apps };
}

/** The catalogue with a topic that nobody has chosen, and what may be done to both. */
async function catalogueValues(program: TestProgram, workspace: string): Promise<Values> {
  const { default_version: since, versions } = await program.must<{ default_version: string; versions: string[] }>("GET", "/v1/catalogue");
  const name = (label: string): string => `${label}.${workspace}`;
  const named = (label: string): object => ({ name: name(label), description: "", permissions: [], item_type: null, since });
  await program.must("POST", "/v1/topics", named("unchosen"));
  return {
    name: [name("unchosen"), topic, "ticket.closed"],
    api_version: [since],
    version: versions,
    createTopic: ["fuzz", "other", "third"].map(named),
    changeTopic: [{ description: "Another." }, { undocumented: true }, { permissions: ["read_tickets"] }, { sample: { id: "1" } }, {}],
    replaceCatalogue: [await program.must("GET", "/v1/catalogue")],
  };
}

/** Each is right for one list and one question alone. */
async function cursors(program: TestProgram, app: string): Promise<string[]> {
  const lists = [
    "/v1/keys",
    "/v1/workspaces",
    "/v1/apps",
    "/v1/brakes",
    "/v1/replays",
    "/v1/notifications",
    `/v1/apps/${app}/installations`,
  ];
  const pages = await Promise.all(lists.map((list) => program.must<{ next_cursor: string | null }>("GET", `${list}?limit=1`)));
  const found = pages.flatMap(({ next_cursor: cursor }) => cursor ?? []);
  return found.length > 0 ? found : ["none"];
}
