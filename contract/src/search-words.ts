// The words that the log is searched by: what each is for, and the values of those that have a closed list.
import { attemptFailed, ended, held } from "./reasons.ts";
import type { Status } from "./notifications.ts";

export type SearchKey =
  | "topic"
  | "status"
  | "code"
  | "reason"
  | "workspace"
  | "app"
  | "subscription"
  | "object"
  | "after"
  | "before"
  | "id";

/** Value -> what it means. */
type Values = Readonly<Record<string, string>>;

export type SearchWord = {
  readonly hint: string;
  /** The field of the list's query that it fills. */
  readonly field: "topic" | "status" | "code" | "reason" | "workspace_id" | "app" | "subscription" | "object_id" | "since" | "until" | "id";
  readonly charactersMax: number;
  /** Nothing else is taken. */
  readonly closed?: Values;
  /** Values worth offering among many. */
  readonly offered?: Values;
};

const statuses: Readonly<Record<Status, string>> = {
  waiting: "not attempted yet",
  retrying: "between two attempts",
  delivered: "answered with a 2xx",
  failed: "ended after at least one request",
  held: "kept back for now",
  dropped: "ended without a request",
  canceled: "ended by somebody",
};

const codeClasses: Values = { "2xx": "accepted", "3xx": "redirects", "4xx": "refused", "5xx": "failed inside" };
const agos: Values = { "15m": "15 minutes ago", "1h": "an hour ago", "24h": "a day ago", "7d": "a week ago" };

/** All reasons that a line of the log may show, with a sentence each. */
export const shownReasons: Values = Object.fromEntries(
  Object.entries({ ...held, ...ended, ...attemptFailed }).map(([reason, { sentence }]) => [reason, sentence]),
);

export const searchWords: Readonly<Record<SearchKey, SearchWord>> = {
  topic: { field: "topic", hint: "its topic, or ticket.* for all that begin so", charactersMax: 100 },
  status: { field: "status", hint: "how far it is", charactersMax: 20, closed: statuses },
  code: { field: "code", hint: "answer to the newest attempt: 503, or 5xx", charactersMax: 3, offered: codeClasses },
  reason: { field: "reason", hint: "why it is not delivered", charactersMax: 40, closed: shownReasons },
  workspace: { field: "workspace_id", hint: "the workspace it happened in", charactersMax: 260 },
  app: { field: "app", hint: "the app it is for", charactersMax: 260 },
  subscription: { field: "subscription", hint: "the subscription it goes to", charactersMax: 100 },
  object: { field: "object_id", hint: "the id of the object it is about", charactersMax: 255 },
  after: { field: "since", hint: "made after: 2h ago, or 2026-11-24T10:00Z", charactersMax: 40, offered: agos },
  before: { field: "until", hint: "made before: 2h ago, or 2026-11-24T10:00Z", charactersMax: 40, offered: agos },
  id: { field: "id", hint: "one notification", charactersMax: 100 },
};

export const searchKeys = Object.keys(searchWords) as readonly SearchKey[];

/** What the fields of the API are called is understood too. */
const aliases: Readonly<Record<string, SearchKey>> = Object.fromEntries(searchKeys.map((key) => [searchWords[key].field, key]));

export function searchKey(written: string): SearchKey | null {
  const key = written.toLowerCase();
  return searchKeys.find((known) => known === key) ?? (Object.hasOwn(aliases, key) ? (aliases[key] as SearchKey) : null);
}
