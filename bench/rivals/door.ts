// Publishing over HTTP, by the same routes as Bellhop's: an event alone, or many as NDJSON. Answered once they are in the queue.
import { fastify } from "fastify";
import type { FastifyInstance } from "fastify";
import { randomUUID } from "node:crypto";
import { key } from "./queue.ts";
import type { Job } from "./queue.ts";

export type Event = { readonly workspace_id: string; readonly topic: string; readonly item: object };
type Accepted = { readonly id: string; readonly notifications: number };

const bodyBytesMax = 8 * 1024 * 1024;
const eventSchema = {
  type: "object",
  required: ["workspace_id", "topic", "item"],
  properties: { workspace_id: { type: "string" }, topic: { type: "string" }, item: { type: "object" } },
} as const;

/** `subscriptionsOf` says who is notified; `add` resolves when the jobs are durable. */
export function createDoor(
  subscriptionsOf: (event: Event) => readonly number[],
  add: (jobs: readonly Job[]) => Promise<void>,
): FastifyInstance {
  const server = fastify({ bodyLimit: bodyBytesMax });
  const publish = async (events: readonly Event[]): Promise<Accepted[]> => {
    const fanned = events.map((event) => fanOut(event, subscriptionsOf(event)));
    await add(fanned.flatMap(({ jobs }) => jobs));
    return fanned.map(({ id, jobs }) => ({ id, notifications: jobs.length }));
  };
  server.addHook("onRequest", async (request, reply) => {
    if (request.headers.authorization !== `Bearer ${key}`) await reply.code(401).send();
  });
  server.addContentTypeParser("application/x-ndjson", { parseAs: "string" }, (_request, body, done) => done(null, lines(body as string)));
  server.post<{ Body: Event }>("/v1/events", { schema: { body: eventSchema } }, async ({ body }, reply) => {
    const [accepted] = await publish([body]);
    return reply.code(202).send(accepted);
  });
  server.post<{ Body: Event[] }>(
    "/v1/events/batch",
    { schema: { body: { type: "array", items: eventSchema } } },
    async ({ body }, reply) => {
      const results = await publish(body);
      return reply.code(202).send({ accepted: results.length, refused: 0, results });
    },
  );
  return server;
}

function lines(body: string): unknown[] {
  return body.split("\n").map((line) => JSON.parse(line) as unknown);
}

/** A job for each subscription, each with the whole item: that is how a job queue keeps them. */
function fanOut({ workspace_id: workspace, topic, item }: Event, subscriptions: readonly number[]): { id: string; jobs: Job[] } {
  const createdAt = Math.floor(Date.now() / 1_000);
  const jobs = subscriptions.map((subscription) => ({ id: randomUUID(), subscription, workspace, topic, item, createdAt }));
  return { id: `evt_${randomUUID()}`, jobs };
}
