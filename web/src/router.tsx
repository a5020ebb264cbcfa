// Every page there is, by its path. What a page shows is in its URL: the names in `search` are all it may keep there, as text.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { NotFound } from "./shell/not-found.tsx";
import { PageFailed } from "./shell/page-failed.tsx";
import { Shell } from "./shell/shell.tsx";
import { SignIn } from "./pages/sign-in/sign-in-page.tsx";

/** Keeps the named parameters of a URL and drops all others. */
function search<const Name extends string>(...names: Name[]): (raw: Record<string, unknown>) => { [Key in Name]?: string | undefined } {
  const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
  return (raw) =>
    Object.fromEntries(names.filter((name) => isText(raw[name])).map((name) => [name, raw[name]])) as { [Key in Name]?: string };
}

const root = createRootRoute();
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignIn });
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const page = () => shell;

const home = createRoute({
  getParentRoute: page,
  path: "/",
  beforeLoad: () => {
    return redirect({ to: "/apps", throw: true });
  },
});
const apps = createRoute({
  getParentRoute: page,
  path: "/apps",
  validateSearch: search("new", "find"),
  component: lazyRouteComponent(() => import("./pages/apps/apps-page.tsx"), "AppsPage"),
});
const appHome = createRoute({
  getParentRoute: page,
  path: "/apps/$app",
  beforeLoad: ({ params }) => {
    return redirect({ to: "/apps/$app/overview", params, throw: true });
  },
});
const overview = createRoute({
  getParentRoute: page,
  path: "/apps/$app/overview",
  validateSearch: search("since", "until", "subscription", "workspace", "table"),
  component: lazyRouteComponent(() => import("./pages/overview/overview-page.tsx"), "OverviewPage"),
});
const deliveries = createRoute({
  getParentRoute: page,
  path: "/apps/$app/deliveries",
  validateSearch: search("q", "n", "attempt", "compare", "tail"),
  component: lazyRouteComponent(() => import("./pages/deliveries/deliveries-page.tsx"), "DeliveriesPage"),
});
const notification = createRoute({
  getParentRoute: page,
  path: "/notifications/$id",
  validateSearch: search("attempt", "compare"),
  component: lazyRouteComponent(() => import("./pages/notification/notification-page.tsx"), "NotificationPage"),
});
const failures = createRoute({
  getParentRoute: page,
  path: "/apps/$app/failures",
  validateSearch: search("since", "until", "subscription"),
  component: lazyRouteComponent(() => import("./pages/failures/failures-page.tsx"), "FailuresPage"),
});
const replays = createRoute({
  getParentRoute: page,
  path: "/apps/$app/replays",
  validateSearch: search("new", "subscription", "since", "until", "include", "reason", "code", "beyond", "topics", "new_id"),
  component: lazyRouteComponent(() => import("./pages/replays/replays-page.tsx"), "ReplaysPage"),
});
const basic = createRoute({
  getParentRoute: page,
  path: "/apps/$app/basic",
  component: lazyRouteComponent(() => import("./pages/basic/basic-page.tsx"), "BasicPage"),
});
const authorization = createRoute({
  getParentRoute: page,
  path: "/apps/$app/authorization",
  validateSearch: search("edit"),
  component: lazyRouteComponent(() => import("./pages/authorization/authorization-page.tsx"), "AuthorizationPage"),
});
const webhooks = createRoute({
  getParentRoute: page,
  path: "/apps/$app/webhooks",
  validateSearch: search("subscription", "new", "edit", "url", "test"),
  component: lazyRouteComponent(() => import("./pages/webhooks/webhooks-page.tsx"), "WebhooksPage"),
});
const version = createRoute({
  getParentRoute: page,
  path: "/apps/$app/version",
  validateSearch: search("to"),
  component: lazyRouteComponent(() => import("./pages/version/version-page.tsx"), "VersionPage"),
});
const publish = createRoute({
  getParentRoute: page,
  path: "/apps/$app/publish",
  validateSearch: search("install"),
  component: lazyRouteComponent(() => import("./pages/publish/publish-page.tsx"), "PublishPage"),
});
const explorer = createRoute({
  getParentRoute: page,
  path: "/explorer",
  validateSearch: search("event", "workspace", "topic", "app"),
  component: lazyRouteComponent(() => import("./pages/explorer/explorer-page.tsx"), "ExplorerPage"),
});
const tools = createRoute({
  getParentRoute: page,
  path: "/tools",
  validateSearch: search("tab", "topic", "version", "language", "app"),
  component: lazyRouteComponent(() => import("./pages/tools/tools-page.tsx"), "ToolsPage"),
});
const inbox = createRoute({
  getParentRoute: page,
  path: "/inbox",
  validateSearch: search("open"),
  component: lazyRouteComponent(() => import("./pages/inbox/inbox-page.tsx"), "InboxPage"),
});
const flow = createRoute({
  getParentRoute: page,
  path: "/operator/flow",
  component: lazyRouteComponent(() => import("./pages/operator/flow-page.tsx"), "FlowPage"),
});
const allDeliveries = createRoute({
  getParentRoute: page,
  path: "/operator/deliveries",
  validateSearch: search("q", "n", "attempt", "compare", "tail"),
  component: lazyRouteComponent(() => import("./pages/deliveries/deliveries-page.tsx"), "AllDeliveriesPage"),
});
const workspaces = createRoute({
  getParentRoute: page,
  path: "/operator/workspaces",
  validateSearch: search("find", "open", "new"),
  component: lazyRouteComponent(() => import("./pages/operator/workspaces-page.tsx"), "WorkspacesPage"),
});
const catalogue = createRoute({
  getParentRoute: page,
  path: "/operator/catalogue",
  validateSearch: search("version", "find", "topic", "new"),
  component: lazyRouteComponent(() => import("./pages/operator/catalogue-page.tsx"), "CataloguePage"),
});
const keys = createRoute({
  getParentRoute: page,
  path: "/operator/keys",
  validateSearch: search("new"),
  component: lazyRouteComponent(() => import("./pages/operator/keys-page.tsx"), "KeysPage"),
});
const brakes = createRoute({
  getParentRoute: page,
  path: "/operator/brakes",
  validateSearch: search("new", "workspace", "app", "subscription", "host"),
  component: lazyRouteComponent(() => import("./pages/operator/brakes-page.tsx"), "BrakesPage"),
});
const audit = createRoute({
  getParentRoute: page,
  path: "/operator/audit",
  validateSearch: search("app", "workspace", "actor"),
  component: lazyRouteComponent(() => import("./pages/operator/audit-page.tsx"), "AuditPage"),
});
const addresses = createRoute({
  getParentRoute: page,
  path: "/operator/addresses",
  component: lazyRouteComponent(() => import("./pages/operator/addresses-page.tsx"), "AddressesPage"),
});

/** Whatever else is asked for: not found, with the way to all the rest round it. */
const anyOther = createRoute({ getParentRoute: page, path: "$", component: NotFound });

const tree = root.addChildren([
  signIn,
  shell.addChildren([
    home,
    apps,
    appHome,
    overview,
    deliveries,
    notification,
    failures,
    replays,
    basic,
    authorization,
    webhooks,
    version,
    publish,
    explorer,
    tools,
    inbox,
    flow,
    allDeliveries,
    workspaces,
    catalogue,
    keys,
    brakes,
    audit,
    addresses,
    anyOther,
  ]),
]);

export function createHubRouter() {
  return createRouter({
    routeTree: tree,
    defaultPreload: "intent",
    defaultErrorComponent: PageFailed,
    defaultPendingMs: 150,
    scrollRestoration: true,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (values) => {
      const text = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined) as [string, string][]).toString();
      return text === "" ? "" : `?${text}`;
    },
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createHubRouter>;
  }
}
