// The bare server: Fastify takes a publish, parses it, makes ids and answers 202. Nothing is checked or stored.
import { randomBytes } from "node:crypto";
import { fastify } from "fastify";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { AddressInfo } from "node:net";
import { eventId } from "../../server/src/domain/id.ts";
import { answerQuestions } from "../worker.ts";

const bodyBytesMax = 8 * 1024 * 1024;

const server = fastify({ bodyLimit: bodyBytesMax });
const asBuffer = { parseAs: "buffer" } as const;
server.removeAllContentTypeParsers();
server.addContentTypeParser(["application/json", "application/x-ndjson"], asBuffer, (_request, body, done) => done(null, body));
server.post("/v1/events", answer);
server.post("/v1/events/batch", answer);
await server.listen({ port: 0, host: "127.0.0.1" });

async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const text = (request.body as Buffer).toString();
  const answers = text.split("\n").map(accept);
  return reply.code(202).send(answers.length === 1 ? answers[0] : { results: answers });
}

function accept(line: string): { id: string; notifications: number } {
  const event = JSON.parse(line) as { topic: string };
  return { id: `evt_${eventId(Date.now(), 0, randomBytes(6))}`, notifications: event.topic === "" ? 0 : 1 };
}

answerQuestions({ port: () => (server.server.address() as AddressInfo).port }, () => server.close());
