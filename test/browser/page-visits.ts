// Opens pages as the hub does, without a browser: signed in, all calls of a page at once over as many connections as a browser has.
// Streams are left out: what they send is not waited for by any page.
import type { PageCalls, Values } from "./page-calls.ts";
import { callsOf } from "./page-calls.ts";

/** Of a browser, to one host over HTTP/1.1. */
const connections = 6;
const answerWithinMs = 30_000;
const hourMs = 3_600_000;

type Visited = { readonly app: string; readonly subscription: string };
type Named = { readonly data: readonly { readonly id: string }[] };

export class PageVisits {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  private constructor(url: string, headers: Record<string, string>) {
    this.#url = url;
    this.#headers = headers;
  }

  static async signIn(url: string, adminKey: string): Promise<PageVisits> {
    const link = await new PageVisits(url, { authorization: `Bearer ${adminKey}` }).#read<{ url: string }>("POST /v1/sign-in-links");
    const answer = await fetch(`${url}/v1/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
      body: JSON.stringify({ token: link.url.split("#")[1] }),
    });
    const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
    return new PageVisits(url, { cookie, "sec-fetch-site": "same-origin" });
  }

  /** What the pages of this app are about; the notification is the newest of all. */
  async valuesOf({ app, subscription }: Visited, nowMs: number): Promise<Values> {
    type Installations = { readonly data: readonly { readonly workspace_id: string }[] };
    type Notifications = { readonly data: readonly { readonly id: string; readonly event: string; readonly workspace_id: string }[] };
    const { data: apps } = await this.#read<Named>("/v1/apps?limit=100");
    const { data: installations } = await this.#read<Installations>(`/v1/apps/${app}/installations?limit=100`);
    const { data: newest } = await this.#read<Notifications>(`/v1/notifications?limit=1`);
    const ago = (hours: number): string => new Date(nowMs - hours * hourMs).toISOString();
    const { id: notification = "", event = "", workspace_id: workspace = "" } = newest[0] ?? {};
    return {
      one: { app, subscription, notification, event, workspace, day_ago: ago(24), week_ago: ago(7 * 24) },
      every: {
        app: apps.map(({ id }) => id),
        workspace: installations.map(({ workspace_id }) => workspace_id),
      },
      body: { subscription, since: ago(24), until: ago(0), include: "failed", dry_run: true },
    };
  }

  /** How many calls the page made, and after how many milliseconds the last one was answered. */
  async open({ page, calls }: PageCalls, values: Values): Promise<{ calls: number; ms: number }> {
    const all = calls.filter((call) => !call.startsWith("/v1/stream")).flatMap((call) => callsOf(call, values));
    const startedMs = performance.now();
    let next = 0;
    const connection = async (): Promise<void> => {
      for (let call = all[next++]; call !== undefined; call = all[next++]) await this.#read(call, values.body);
    };
    await Promise.all(Array.from({ length: connections }, connection)).catch((cause: unknown) => {
      throw new Error(`${page} could not be opened: ${(cause as Error).message}`, { cause });
    });
    return { calls: all.length, ms: performance.now() - startedMs };
  }

  async #read<T>(call: string, body?: unknown): Promise<T> {
    const [method, path] = call.startsWith("POST ") ? ["POST", call.slice("POST ".length)] : ["GET", call];
    const sent = method === "GET" || body === undefined ? {} : { body: JSON.stringify(body) };
    const type = "body" in sent ? { "content-type": "application/json" } : {};
    const headers = { ...this.#headers, ...type };
    const answer = await fetch(this.#url + path, { method, headers, ...sent, signal: AbortSignal.timeout(answerWithinMs) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${call}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }
}
