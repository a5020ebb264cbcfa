// A log for the tests of this stage: control rows, events with their notifications, and steps, written by the statements
// that publishing and recording use. For tests only.
import pino from "pino";
import type { FastifyInstance } from "fastify";
import { explainRoutes } from "@bellhop/contract/explain";
import { notificationRoutes } from "@bellhop/contract/notifications";
import { createTestDatabase } from "./database.ts";
import { loadCatalogueDocument } from "../server/src/catalogue-file.ts";
import { rebuild } from "../server/src/deliver/request.ts";
import { readCatalogue } from "../server/src/domain/catalogue.ts";
import type { Catalogue } from "../server/src/domain/catalogue.ts";
import { eventId, notificationId } from "../server/src/domain/id.ts";
import { explainHandlers } from "../server/src/http/handlers/explain.ts";
import { notificationHandlers } from "../server/src/http/handlers/notifications.ts";
import { createServer } from "../server/src/http/server.ts";
import { openDatabase } from "../server/src/store/database.ts";
import type { Database } from "../server/src/store/database.ts";
import { insertSteps } from "../server/src/store/log.ts";
import type { Step } from "../server/src/store/log.ts";
import { makePartitions } from "../server/src/store/partitions.ts";
import { insertEvents } from "../server/src/store/publish.ts";
import type { EventRow, NotificationRow } from "../server/src/store/publish.ts";

export const userAgent = "Bellhop/test (+http://127.0.0.1)";
export const dayMs = 86_400_000;
export const firstDayMs = Date.UTC(2026, 2, 2);
export const daysMade = 4;
/** The time as the fixture's program sees it: the end of what was made. */
export const showNowMs = firstDayMs + daysMade * dayMs;

export type Shown = {
  readonly database: Database;
  readonly catalogue: Catalogue;
  /** GET with a key that is bound to the workspace, or to none. */
  get<Body = { code: string; detail: string }>(url: string, workspace?: number | null): Promise<{ status: number; body: Body }>;
  /** The same where the answer is a file. */
  text(url: string, workspace?: number | null): Promise<{ headers: Record<string, unknown>; text: string }>;
  close(): Promise<void>;
};

export async function startShow(): Promise<Shown> {
  const testDatabase = await createTestDatabase();
  const database = openDatabase(testDatabase.url, () => undefined);
  await makePartitions(database.control, firstDayMs, firstDayMs + (daysMade - 1) * dayMs);
  await database.control.query("insert into node (user_agent) values ($1)", [userAgent]);
  const catalogue = await builtIn();
  let boundTo: number | null = null;
  const server: FastifyInstance = createServer({
    routes: { ...notificationRoutes, ...explainRoutes },
    handlers: {
      ...notificationHandlers({ database, catalogue: () => catalogue, rebuild, whyMarked: async () => [], nowMs: () => showNowMs }),
      ...explainHandlers({ database, catalogue: () => catalogue }),
    } as never,
    findKey: async () => ({ key: "key_test", scopes: ["read"], workspace: boundTo }),
    log: pino({ level: "silent" }),
  });
  return {
    database,
    catalogue,
    get: async (url, workspace = null) => {
      boundTo = workspace;
      const answer = await server.inject({ url, headers: { authorization: "Bearer key" } });
      return { status: answer.statusCode, body: JSON.parse(answer.body) };
    },
    text: async (url, workspace = null) => {
      boundTo = workspace;
      const { headers, body } = await server.inject({ url, headers: { authorization: "Bearer key" } });
      return { headers, text: body };
    },
    close: async () => {
      await server.close();
      await database.close();
      await testDatabase.drop();
    },
  };
}

async function builtIn(): Promise<Catalogue> {
  const file = await loadCatalogueDocument("intercom");
  if (!file.ok) throw new Error("the built-in catalogue cannot be read");
  const read = readCatalogue(file.document);
  if (!read.ok) throw new Error("the built-in catalogue has mistakes");
  return read.catalogue;
}

export const id16 = (prefix: string, ref: number): string => `${prefix}_${String(ref).padStart(16, "0")}`;

/** Workspaces `w1`.. with `ext:customer-1`.., owned apps and installations as given; refs count from 1 in the order given. */
export async function insertControl(
  { database }: Shown,
  workspaces: number,
  apps: readonly { owner: number; installedIn: readonly number[]; permissions?: readonly string[]; version?: string }[],
  subscriptions: readonly { app: number; topics: readonly string[]; topicsOff?: readonly string[] }[],
): Promise<void> {
  const on = database.control;
  for (let ref = 1; ref <= workspaces; ref++) {
    await on.query("insert into workspace (id, external_id, name, kind, region, version) values ($1, $2, $1, 'paid', 'us', 1)", [
      `w${ref}`,
      `customer-${ref}`,
    ]);
  }
  for (const [index, app] of apps.entries()) {
    const permissions = app.permissions ?? [];
    await on.query(
      `insert into app (id, external_id, owner, name, description, visibility, api_version, permissions, redirect_urls, client_id, version)
       values ($1, $2, $3, 'app', '', 'public', $4, $5, '{}', $1, 1)`,
      [id16("app", index + 1), `app-${index + 1}`, app.owner, app.version ?? "2.14", permissions],
    );
    for (const workspace of app.installedIn) {
      await on.query("insert into installation (app, workspace, permissions, version) values ($1, $2, $3, 1)", [
        index + 1,
        workspace,
        permissions,
      ]);
    }
  }
  for (const [index, subscription] of subscriptions.entries()) {
    await on.query(
      `insert into subscription (id, app, url, topics, topics_off, policy, signatures, ordered, metadata, header_names, version)
       values ($1, $2, 'https://now.example/hook', $3, $4, '{}', '{}', false, '{}', '{}', 1)`,
      [id16("sub", index + 1), subscription.app, subscription.topics, subscription.topicsOff ?? []],
    );
  }
}

export type Made = { readonly event: string; readonly notifications: readonly string[] };
export type Recipient = { readonly subscription: number; readonly app: number; readonly topic?: string; readonly apiVersion?: string };

/** An event and its notifications, made at that moment of the log. */
export async function publish(
  { database }: Shown,
  atMs: number,
  event: Partial<EventRow> & { workspace: number },
  recipients: readonly Recipient[],
): Promise<Made> {
  const id = eventId(atMs, 0, Buffer.from(String(atMs % 1e10).padStart(10, "0")));
  const row: EventRow = {
    id,
    topic: "ticket.created",
    item: '{"type":"ticket"}',
    createdAtMs: atMs,
    objectId: null,
    orderingKey: null,
    traceparent: null,
    notified: recipients.length,
    skipped: null,
    replayOf: null,
    idempotency: null,
    ...event,
  };
  const notifications = recipients.map((each, index): NotificationRow => ({
    id: notificationId(id, index + 1),
    event: id,
    subscription: each.subscription,
    app: each.app,
    workspace: event.workspace,
    shard: 0,
    rank: 0,
    slot: null,
    topic: each.topic ?? row.topic,
    apiVersion: each.apiVersion ?? "2.14",
  }));
  const written = await insertEvents(database.publish, 1_000_000, Date.now(), [row], notifications);
  if (written.stale) throw new Error("the event was not written");
  return { event: id, notifications: notifications.map((each) => each.id) };
}

const noFacts = {
  dnsUs: null,
  connectUs: null,
  tlsUs: null,
  firstByteUs: null,
  totalUs: 12_500,
  address: "192.0.2.1",
  detail: null,
  revision: 1,
  signatures: Buffer.of(0x10),
  bodySha256: Buffer.alloc(32),
  answerHeaders: null,
  answerBody: null,
};

export type GivenStep = Pick<Step, "kind" | "reason"> &
  Partial<Omit<Step, "attempt">> & { attempt?: Partial<NonNullable<Step["attempt"]>> };

/** Steps of one notification, numbered from 1; an attempt counts as a request. */
export async function record(
  { database }: Shown,
  notification: string,
  subscription: number,
  atMs: number,
  given: readonly GivenStep[],
): Promise<void> {
  let requests = 0;
  const steps = given.map((step, index): Step => {
    if (step.kind === "a") requests++;
    return {
      notification,
      step: index + 1,
      subscription,
      shard: 0,
      atMs: atMs + index * 1_000,
      requests,
      policyStep: requests,
      firstSentAtMs: requests > 0 ? atMs : null,
      throttledSinceMs: null,
      nextAtMs: null,
      retryReason: null,
      queue: null,
      position: null,
      ...step,
      attempt: step.kind === "a" ? { ...noFacts, status: step.reason === null ? 200 : 503, ...step.attempt } : null,
    };
  });
  if (!(await insertSteps(database.record, 1, steps))) throw new Error("the steps were not written");
}
