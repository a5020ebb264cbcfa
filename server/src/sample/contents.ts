// What the sample consists of: an app that gets everything, one whose endpoints fail for causes to be found, one that is
// paused. Plain data; sample.ts makes it.
import type { InboxAnswer } from "@bellhop/contract/inbox-answers";

export const workspaces = [
  { id: "sample", name: "Sample Workspace", kind: "paid", region: "us" },
  { id: "sample-dev", name: "Sample Development", kind: "development", region: "us" },
  { id: "sample-shop", name: "Sample Shop", kind: "paid", region: "us" },
] as const;

export type SampleWorkspace = (typeof workspaces)[number]["id"];

export type SampleSubscription = {
  /** Of the test inbox. */
  readonly path: string;
  readonly settings: { readonly name: string; readonly topics: readonly string[]; readonly [setting: string]: unknown };
  /** What its endpoint answers once it is saved. */
  readonly answer: InboxAnswer;
  readonly isPaused: boolean;
};

export type SampleApp = {
  readonly name: string;
  readonly description: string;
  readonly owner: SampleWorkspace;
  readonly installedIn: readonly SampleWorkspace[];
  readonly permissions: readonly string[];
  readonly subscriptions: readonly SampleSubscription[];
};

const topicsOfAll = ["ticket.created", "ticket.state.updated", "conversation.user.created", "contact.user.created", "company.created"];

/** The first is the one that works. */
export const apps: readonly SampleApp[] = [
  {
    name: "Sample App",
    description: "Everything of it works: delivered at once.",
    owner: "sample-dev",
    installedIn: ["sample", "sample-shop"],
    permissions: ["read_tickets", "read_conversations", "read_users_companies"],
    subscriptions: [{ path: "/webhooks", settings: { name: "Everything", topics: topicsOfAll }, answer: 200, isPaused: false }],
  },
  {
    name: "Sample Helpdesk",
    description: "Its endpoints fail, and conversations do not reach it. Why?",
    owner: "sample-dev",
    installedIn: ["sample"],
    // It has chosen a topic of conversations, for which it lacks read_conversations.
    permissions: ["read_tickets"],
    subscriptions: [
      {
        path: "/helpdesk",
        settings: { name: "New tickets", topics: ["ticket.created", "conversation.user.created"] },
        answer: 503,
        isPaused: false,
      },
      {
        path: "/helpdesk/reports",
        settings: { name: "Reports", topics: ["ticket.state.updated"], timeout_ms: 1_000, policy: { waits_s: [1], pause: "hold" } },
        answer: "never",
        isPaused: false,
      },
    ],
  },
  {
    name: "Sample Archive",
    description: "Paused by hand: what comes is held until somebody sets it live.",
    owner: "sample-shop",
    installedIn: ["sample"],
    permissions: ["read_users_companies"],
    subscriptions: [
      {
        path: "/archive",
        settings: { name: "Contacts and companies", topics: ["contact.user.created", "company.created"] },
        answer: 200,
        isPaused: true,
      },
    ],
  },
];

/** What is published: in each workspace, these topics, with the catalogue's own samples as items. */
export const events: readonly (readonly [SampleWorkspace, string])[] = [
  ["sample", "company.created"],
  ["sample", "contact.user.created"],
  ["sample-dev", "ticket.created"],
  ["sample-shop", "company.created"],
  ["sample", "conversation.user.created"],
  ["sample-shop", "contact.user.created"],
  ["sample", "ticket.state.updated"],
  ["sample-dev", "conversation.user.created"],
  ["sample", "ticket.created"],
  ["sample-shop", "ticket.state.updated"],
];
