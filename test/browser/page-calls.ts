// What each page of the hub asks the server for when it is opened: compared with what the browser asks, and what is counted and timed as
// the page's cost.

/** `{app}` and the like stand for an id, `{day_ago}` for a moment; `{every app}` stands for one call for each that is listed. What is no GET says so. */
export type PageCalls = { readonly page: string; readonly calls: readonly string[] };

/** Around every page: who is signed in, and what the search for everything finds. */
const shell = ["/v1/session", "/v1/apps?limit=100"];
const ofApp = [...shell, "/v1/apps/{app}"];
const subscriptions = "/v1/apps/{app}/subscriptions?limit=100";
const installations = "/v1/apps/{app}/installations?limit=100";
const notification = ["/v1/notifications/{notification}", "/v1/notifications/{notification}/attempts", "/v1/stream?id={notification}"];
const deliveries = [
  "/v1/statistics?buckets=2&by_workspace=false&app={app}",
  "/v1/notifications?app={app}&limit=100",
  "/v1/stream?app={app}",
];
const replays = [...ofApp, subscriptions, "/v1/replays?app={app}&limit=100", "/v1/stream?app={app}"];
const explorer = [...shell, "/v1/workspaces?limit=100", "/v1/topics"];
const apps = [...shell, "/v1/statistics/apps", "/v1/apps/{every app}/installations?limit=100"];

export const pageCalls: readonly PageCalls[] = [
  { page: "/apps", calls: apps },
  { page: "/apps?new=1", calls: [...apps, "/v1/workspaces?limit=100"] },
  { page: "/apps/{app}/overview", calls: [...ofApp, subscriptions, "/v1/statistics?app={app}&buckets=97&since={day_ago}"] },
  { page: "/apps/{app}/deliveries", calls: [...ofApp, subscriptions, ...deliveries] },
  { page: "/apps/{app}/deliveries?n={notification}", calls: [...ofApp, subscriptions, ...deliveries, ...notification] },
  { page: "/apps/{app}/failures", calls: [...ofApp, subscriptions, "/v1/failures?app={app}&since={week_ago}", "/v1/stream?app={app}"] },
  { page: "/apps/{app}/replays", calls: replays },
  { page: "/apps/{app}/replays?new=1", calls: [...replays, "POST /v1/replays"] },
  { page: "/apps/{app}/basic", calls: [...ofApp, "/v1/apps/{app}/secrets", "/v1/workspaces/{workspace}", subscriptions, installations] },
  {
    page: "/apps/{app}/authorization",
    calls: [...ofApp, "/v1/catalogue", subscriptions, "/v1/workspaces/{workspace}", installations, "/v1/topics?version=2.15"],
  },
  {
    page: "/apps/{app}/webhooks",
    calls: [
      ...ofApp,
      "/v1/catalogue",
      subscriptions,
      "/v1/workspaces/{workspace}",
      "/v1/topics?version=2.15",
      "/v1/apps/{app}/subscriptions/{subscription}",
      "/v1/apps/{app}/subscriptions/{subscription}/states?limit=10",
      "/v1/stream?app={app}&status=canceled",
    ],
  },
  { page: "/apps/{app}/version", calls: [...ofApp, subscriptions] },
  { page: "/apps/{app}/publish", calls: [...ofApp, installations, "/v1/workspaces/{every workspace}"] },
  { page: "/notifications/{notification}", calls: [...shell, subscriptions, ...notification] },
  { page: "/explorer", calls: explorer },
  {
    page: "/explorer?workspace={workspace}&topic=ticket.created",
    calls: [...explorer, "/v1/explain?workspace_id={workspace}&topic=ticket.created"],
  },
  { page: "/explorer?event={event}", calls: [...explorer, "/v1/events/{event}"] },
  { page: "/tools", calls: shell },
  { page: "/inbox", calls: [...shell, "/v1/inbox?limit=100"] },
  { page: "/operator/flow", calls: [...shell, "/v1/flow", "/v1/brakes?active=true&limit=100"] },
  {
    page: "/operator/deliveries",
    calls: [...shell, "/v1/statistics?buckets=2&by_workspace=false", "/v1/notifications?limit=100", "/v1/stream"],
  },
  { page: "/operator/workspaces", calls: [...shell, "/v1/workspaces?limit=100"] },
  {
    page: "/operator/workspaces?open={workspace}",
    calls: [...shell, "/v1/workspaces?limit=100", "/v1/workspaces/{workspace}", "/v1/apps?workspace_id={workspace}&limit=100"],
  },
  { page: "/operator/catalogue", calls: [...shell, "/v1/topics"] },
  { page: "/operator/keys", calls: [...shell, "/v1/keys?limit=100"] },
  { page: "/operator/brakes", calls: [...shell, "/v1/brakes?active=true&limit=100", "/v1/brakes?active=false&limit=50"] },
  { page: "/operator/audit", calls: [...shell, "/v1/workspaces?limit=100", "/v1/audit?limit=50"] },
  { page: "/operator/addresses", calls: shell },
];

/** What stands for more than one: `{every app}` and the like. */
export type Many = "app" | "workspace";
export type Values = {
  readonly one: Readonly<Record<string, string>>;
  readonly every: Readonly<Record<Many, readonly string[]>>;
  /** Of a POST: a replay that is only counted. */
  readonly body: unknown;
};

/** The calls as they are made. */
export function callsOf(template: string, { one, every }: Pick<Values, "one" | "every">): string[] {
  const [, many] = /\{every (\w+)\}/.exec(template) ?? [];
  if (many !== undefined)
    return every[many as Many].flatMap((id) => callsOf(template.replace(`{every ${many}}`, encodeURIComponent(id)), { one, every }));
  return [template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(one[name] ?? ""))];
}
