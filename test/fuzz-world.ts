// Something of everything that exists, for a fuzz to name: a workspace, an app with a subscription, a notification that arrives, a
// replay, a brake, keys that may do less than the first one, cursors of several lists.
import { randomUUID } from "node:crypto";
import type { Known } from "./fuzz-schema.ts";
import type { TestProgram } from "./in-process.ts";

const topic = "ticket.created";
const dayMs = 86_400_000;

export type FuzzWorld = { readonly known: Known; readonly ids: readonly string[]; readonly tokens: readonly string[] };

type Made = { readonly id: string };

export async function makeFuzzWorld(program: TestProgram): Promise<FuzzWorld> {
  const { workspace, app, subscription, inbox } = await program.makeInstalled({ topics: [topic], named: `fuzzed-${randomUUID()}` });
  const externalId = `fuzz ${workspace}`;
  await program.must("PATCH", `/v1/workspaces/${workspace}`, { external_id: externalId });
  const event = await program.publish({ workspace_id: workspace, topic, item: { type: "ticket", id: "1" } });
  const notification = await program.notificationOf(event.id);
  await program.settled(notification, "delivered");
  const range = { since: new Date(program.nowMs - dayMs).toISOString(), until: new Date(program.nowMs).toISOString() };
  const replay = await program.must<Made>("POST", "/v1/replays", { subscription, include: "all", ...range });
  const soon = new Date(program.nowMs + dayMs).toISOString();
  const brake = await program.must<Made>("POST", "/v1/brakes", { host: "hooks.example.com", until: soon, reason: "A test." });
  const keys = await makeKeys(program, workspace);
  const catalogue = await program.must<{ default_version: string }>("GET", "/v1/catalogue");
  const ids = { workspaces: workspace, apps: app, events: event.id, notifications: notification, replays: replay.id, brakes: brake.id };
  const values: Record<string, readonly unknown[]> = {
    ...Object.fromEntries(Object.entries(ids).map(([kind, id]) => [`${kind} id`, [id]])),
    "workspaces id": [workspace, `ext:${externalId}`, `ext:new ${workspace}`],
    "keys id": [keys.id],
    workspace_id: [workspace, `ext:${externalId}`],
    app: [app],
    subscription: [subscription],
    sub: [subscription],
    topic: [topic, "ping", "ticket.closed"],
    topics: [topic, "contact.user.created"],
    topics_off: [topic],
    name: [topic, "ticket.closed"],
    url: [`${inbox.url}/hooks`, "http://hooks.example.com/"],
    uninstall_url: [`${inbox.url}/uninstall`],
    health_url: [`${inbox.url}/health`],
    redirect_urls: ["https://hooks.example.com/back"],
    headers: [{ "x-fuzz": "yes" }],
    api_version: [catalogue.default_version],
    host: ["hooks.example.com", "LOCALHOST:80"],
    region: ["us", "eu"],
    permissions: ["read_tickets", "read_admins"],
    signing_secret: ["generate", `whsec_${Buffer.alloc(32, 1).toString("base64")}`],
    item: [{ type: "ticket", id: "2" }],
    since: [range.since, range.since, Date.parse(range.since) / 1000, "2.0"],
    until: [range.until, soon, soon],
    expires_at: [soon],
    traceparent: ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
    idempotency_key: ["once"],
    cursor: await cursors(program, app),
    replaceCatalogue: [catalogue],
    createTopic: [{ name: `fuzz.${workspace}`, description: "", permissions: [], item_type: null, since: catalogue.default_version }],
    createBrake: [{ workspace_id: workspace }, { app }, { subscription }, { host: "hooks.example.com" }].map((named) => ({
      ...named,
      until: soon,
      reason: "A fuzz.",
    })),
    // Fields that are refused whatever they have are mostly left out.
    filter: [undefined],
    rate_per_second: [undefined],
  };
  return { known: (name) => values[name] ?? [], ids: [...Object.values(ids), subscription, keys.id], tokens: keys.tokens };
}

async function makeKeys(program: TestProgram, workspace: string): Promise<{ id: string; tokens: string[] }> {
  const make = (settings: object): Promise<Made & { token: string }> => program.must("POST", "/v1/keys", { name: "A fuzz", ...settings });
  const all = await make({ scopes: ["admin"] });
  const bound = await make({ scopes: ["manage", "publish"], workspace_id: workspace });
  const reader = await make({ scopes: ["read"] });
  return { id: reader.id, tokens: [all.token, bound.token, reader.token] };
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
