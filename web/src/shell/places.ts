// The pages by name, for the rail and for the command menu; `words` are what people may call them.
export type Place = { readonly to: string; readonly name: string; readonly words?: string };

/** Of the app that is open. */
export const appPlaces = [
  { to: "/apps/$app/overview", name: "Overview", words: "statistics latency backlog charts" },
  { to: "/apps/$app/deliveries", name: "Deliveries", words: "log notifications attempts" },
  { to: "/apps/$app/failures", name: "Failures", words: "errors causes" },
  { to: "/apps/$app/replays", name: "Replays", words: "resend retry recover" },
] as const satisfies readonly Place[];

export const configurePlaces = [
  { to: "/apps/$app/basic", name: "Basic information", words: "name client id secret rotate" },
  { to: "/apps/$app/authorization", name: "Authorization", words: "authentication permissions token oauth redirect" },
  { to: "/apps/$app/webhooks", name: "Webhooks", words: "subscription endpoint url topics" },
  { to: "/apps/$app/version", name: "API version", words: "upgrade conflicts" },
  { to: "/apps/$app/publish", name: "Test & publish", words: "install uninstall workspaces" },
] as const satisfies readonly Place[];

export const developerPlaces = [
  { to: "/explorer", name: "Event explorer", words: "why was I not notified explain" },
  { to: "/tools", name: "Tools", words: "signature samples receiver code" },
  { to: "/inbox", name: "Test inbox", words: "receiver local" },
] as const satisfies readonly Place[];

export const operatorPlaces = [
  { to: "/operator/flow", name: "Everything flowing", words: "health noisy neighbours slots backlog" },
  { to: "/operator/deliveries", name: "All deliveries", words: "log notifications" },
  { to: "/operator/workspaces", name: "Workspaces", words: "customers" },
  { to: "/operator/catalogue", name: "Catalogue", words: "topics permissions versions" },
  { to: "/operator/keys", name: "Keys", words: "api tokens" },
  { to: "/operator/brakes", name: "Brakes", words: "hold stop" },
  { to: "/operator/audit", name: "Audit log", words: "who changed what" },
  { to: "/operator/addresses", name: "Egress addresses", words: "ip ranges allow list" },
] as const satisfies readonly Place[];
