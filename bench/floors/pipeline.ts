// The bare pipeline: takes a publish, commits its event and its notification, answers, posts once. Publishes do not share commits, nothing
// is checked, limited or recorded; at a low rate nothing that keeps the promise can be faster.
import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fastify } from "fastify";
import pg from "pg";
import { Client } from "undici";
import { envelope } from "../../server/src/deliver/envelope.ts";
import { hubHeader, hubSignature, webhookSignature } from "../../server/src/deliver/sign.ts";
import { eventId, notificationId } from "../../server/src/domain/id.ts";
import { startPrivatePostgres } from "../../server/src/embedded/postgres.ts";
import { migrate } from "../../server/src/store/migrate.ts";
import { sql } from "../../server/src/store/sql.ts";
import { makeAgedDays } from "../bellhop.ts";
import { destinationUrl } from "../destination.ts";
import { answerQuestions } from "../worker.ts";

type Publish = { readonly topic: string; readonly item: object };

const destinations = 1_000;
const connections = 8;
const signingKey = createSecretKey(Buffer.from("0123456789abcdef0123456789abcdef"));

/** As Bellhop has it: statements are planned once. */
const planned = "-c plan_cache_mode=force_generic_plan";
const dataDir = mkdtempSync(join(tmpdir(), "bellhop-pipeline-"));
const postgres = await startPrivatePostgres({ dataDir, log: () => undefined });
await migrate(postgres.url);
const pool = new pg.Pool({ connectionString: postgres.url, max: connections, options: planned });
// At the end the server may say goodbye before it has read that we do.
pool.on("error", () => undefined);
await makeAgedDays(postgres.url);

let clients: Client[] = [];
let made = 0;
const server = fastify();
server.post<{ Body: Publish }>("/v1/events", async ({ body: { topic, item } }, reply) => {
  const number = made++;
  const id = eventId(Date.now(), number & 0xfff, randomBytes(6));
  const text = JSON.stringify(item);
  await store(id, number, topic, text);
  post(id, number, topic, text);
  return reply.code(202).send({ id: `evt_${id}`, notifications: 1 });
});
await server.listen({ port: 0, host: "127.0.0.1" });

/** The port of the server. */
function start(receiverPort: number): number {
  const clientOf = (number: number): Client => new Client(new URL(destinationUrl(receiverPort, number)).origin);
  if (clients.length === 0) clients = Array.from({ length: destinations }, (_, number) => clientOf(number));
  return (server.server.address() as AddressInfo).port;
}

async function store(id: string, number: number, topic: string, item: string): Promise<void> {
  const place = number % destinations;
  const statement = sql`
    with events as (
      insert into event (id, workspace, topic, item, created_at, object_id, notified)
      values (${id}::uuid, ${place}::int4, ${topic}, ${item}, now(), ${String(number)}, 1))
    insert into notification (id, event, subscription, app, workspace, shard, rank, topic, api_version)
    values (${notificationId(id, 1)}::uuid, ${id}::uuid, ${place}::int4, 1, ${place}::int4, 1, 0, ${topic}, '2.14')`;
  await pool.query(statement as pg.QueryConfig);
}

function post(event: string, number: number, topic: string, item: string): void {
  const seconds = Math.floor(Date.now() / 1_000);
  const id = `notif_${notificationId(event, 1)}`;
  const fields = { appId: "w", item, id, topic, deliveryStatus: "pending", deliveryAttempts: 1 } as const;
  const body = Buffer.from(envelope({ ...fields, firstSentAt: seconds, createdAt: seconds }));
  const headers = ["content-type", "application/json", "user-agent", "bench", "x-hub-signature", hubHeader(hubSignature(signingKey, body))];
  headers.push("webhook-id", id, "webhook-timestamp", String(seconds));
  headers.push("webhook-signature", `v1,${webhookSignature(signingKey, id, seconds, body).toString("base64")}`);
  const place = number % destinations;
  const client = clients[place] as Client;
  client.dispatch(
    { path: `/${place}`, method: "POST", headers, body },
    {
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData: () => undefined,
      onResponseEnd: () => undefined,
      onResponseError: (_, error) => process.stderr.write(`bare pipeline: ${error.message}\n`),
    },
  );
}

async function end(): Promise<void> {
  await server.close();
  await Promise.all(clients.map((client) => client.close()));
  await pool.end();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

answerQuestions({ start }, end);
