// What each scope of a key lets its holder do, in one sentence; data alone, so that a page can show it without a schema library.
export const keyScopes = ["publish", "read", "manage", "metrics", "admin"] as const;

/** What a key may be given. `admin` may do everything, keys included; `manage` may also read. */
export type KeyScope = (typeof keyScopes)[number];

/** The scopes that a key of one workspace may have: the others reach beyond it. */
export const workspaceKeyScopes: readonly KeyScope[] = ["publish", "read", "manage"];

export const keyScopeSentences: Readonly<Record<KeyScope, string>> = {
  publish: "Publish events, nothing else.",
  read: "See apps, subscriptions, the log and every body in it; change nothing.",
  manage: "Make and change workspaces, apps, subscriptions and topics, replay, and read all of it.",
  metrics: "Read /metrics, nothing else.",
  admin: "Everything, other keys and sign-in links included.",
};
