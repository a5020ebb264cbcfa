// Bellhop as an operator uses it for a while, with secrets in every place that takes one. Each answer is kept as the bytes that
// came; what an answer may tell once, by the contract, is taken out of it before anybody searches it.
import assert from "node:assert/strict";
import type { Route } from "@bellhop/contract/route";
import { routes } from "@bellhop/contract/routes";
import { eventually } from "./eventually.ts";
import { adminKey } from "./program.ts";
import type { Canary, Leaving } from "./secrets-canaries.ts";

type Json = Record<string, unknown>;
export type Told = { readonly status: number; readonly body: Json; readonly cookie?: string };

/** Route -> the fields of its answers that are secrets, told to whoever may manage. */
const toldOnce: Readonly<Record<string, readonly string[]>> = {
  createKey: ["token"],
  createApp: ["client_secret", "installation_access_token"],
  createInstallation: ["access_token"],
  listSecrets: ["client_secret", "whsec"],
  rotateSecret: ["client_secret", "whsec"],
  useNewSecret: ["client_secret", "whsec"],
  createSubscription: ["signing_secret"],
  changeSubscription: ["signing_secret"],
  createSignInLink: ["url"],
};

const all = Object.entries(routes as Record<string, Route>);

export class Story {
  readonly left: Leaving[] = [];
  readonly canaries: Canary[] = [];
  readonly called = new Set<string>();
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Calls as whoever has the token; null: without one. What is told only to those who manage is a leak to others. */
  async call(method: string, path: string, body?: unknown, token: string | null = adminKey, cookie?: string): Promise<Told> {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    if (cookie !== undefined) Object.assign(headers, { cookie, "sec-fetch-site": "same-origin" });
    if (body !== undefined) headers["content-type"] = path.endsWith("/batch") ? "application/x-ndjson" : "application/json";
    const answer = await fetch(this.#url + path, {
      method,
      headers,
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const name = all.find(([, route]) => route.method === method && matches(route.path, path))?.[0] ?? "";
    this.called.add(name);
    const isJson = /^application\/(problem\+)?json/.test(answer.headers.get("content-type") ?? "") && text !== "";
    const read: unknown = isJson ? JSON.parse(text) : null;
    const kept = isJson ? JSON.stringify(this.#without(read, token === adminKey ? (toldOnce[name] ?? []) : [], name)) : text;
    const setCookie = name === "createSession" ? answer.headers.get("set-cookie") : null;
    if (setCookie !== null) this.plant("a session's token", /=([\w-]{43});/.exec(setCookie)?.[1] ?? "");
    const head = JSON.stringify([...answer.headers].filter(([, value]) => value !== setCookie));
    this.left.push({ where: `the answer ${answer.status} of ${method} ${path}`, bytes: Buffer.from(`${head}\n${kept}`) });
    return { status: answer.status, body: read as Json, ...(setCookie === null ? {} : { cookie: setCookie.split(";")[0] as string }) };
  }

  /** Hears what happens from now on, until it is told to stop; that is searched too. */
  async listen(): Promise<() => Promise<void>> {
    const ending = new AbortController();
    const headers = { authorization: `Bearer ${adminKey}` };
    const answer = await fetch(`${this.#url}/v1/stream`, { headers, signal: ending.signal });
    assert.equal(answer.status, 200);
    this.called.add("stream");
    let heard = "";
    const hearing = (async () => {
      for await (const chunk of answer.body as ReadableStream<Uint8Array>) heard += Buffer.from(chunk).toString();
    })().catch((error: Error) => assert.equal(error.name, "AbortError"));
    return async () => {
      await eventually(() => (heard.includes("notif_") ? true : null));
      ending.abort();
      await hearing;
      this.left.push({ where: "the stream", bytes: Buffer.from(heard) });
    };
  }

  get cookieName(): string {
    return `bellhop-${new URL(this.#url).port}`;
  }

  /** A new session's cookie. */
  async signIn(): Promise<string> {
    const { url } = await this.must("POST", "/v1/sign-in-links");
    const { cookie } = await this.call("POST", "/v1/sessions", { token: String(url).split("#")[1] }, null);
    return cookie as string;
  }

  async must(method: string, path: string, body?: unknown): Promise<Json> {
    const { status, body: answer } = await this.call(method, path, body);
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** A secret of the test's own. */
  plant<T extends string | Buffer>(name: string, value: T): T {
    this.canaries.push({ name, value });
    return value;
  }

  async settled(event: string): Promise<Json[]> {
    return eventually(async () => {
      const { notifications } = (await this.must("GET", `/v1/events/${event}`)) as { notifications: Json[] };
      return notifications.every(({ status }) => status !== "waiting") ? notifications : null;
    });
  }

  /** Takes out the fields, which are canaries from now on. */
  #without(value: unknown, fields: readonly string[], of: string): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#without(each, fields, of));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, child]) => {
        if (!fields.includes(name) || typeof child !== "string") return [[name, this.#without(child, fields, of)]];
        this.plant(`${name} of ${of}`, child);
        if (child.includes("#")) this.plant(`the token in ${name} of ${of}`, child.slice(child.indexOf("#") + 1));
        if (child.startsWith("whsec_")) this.plant(`the bytes of ${name} of ${of}`, Buffer.from(child.slice(6), "base64"));
        return [];
      }),
    );
  }
}

function matches(path: string, asked: string): boolean {
  const pattern = path.replaceAll(".", String.raw`\.`).replaceAll(/\{\w+\}/g, "[^/?]+");
  return new RegExp(`^${pattern}(\\?|$)`).test(asked);
}

/** Has no end: `listen` hears it. */
const endless = "stream";
/** Only in local mode, which this is not. */
const absent = "readInbox";

/** What a route cannot do without. */
const queryOf = (name: string, params: Readonly<Record<string, string>>): string => {
  if (name === "explain") return `?workspace_id=${params["workspace_id"]}&topic=ticket.created`;
  return name === "exportNotifications" ? "?format=ndjson" : "";
};

/** Asks every GET route there is; `params` has a value for each parameter of a path. */
export async function readEverything(story: Story, params: Readonly<Record<string, string>>, token?: string): Promise<void> {
  for (const [name, { path, method, scope }] of all.filter(([each, route]) => route.method === "GET" && each !== endless)) {
    const given = path.replaceAll(/\{(\w+)\}/g, (_, param: string) => params[`${name}.${param}`] ?? params[param] ?? "");
    const { status } = await story.call(method, given + queryOf(name, params), undefined, token);
    if (token === undefined) assert.equal(status, name === absent ? 404 : 200, `${name} ${given} (${scope})`);
  }
}
