// Topics and the catalogue over HTTP. Their bodies come as bytes, because the catalogue's own reader lists every mistake.
import { depthMax } from "@bellhop/contract/events";
import type { topicRoutes } from "@bellhop/contract/topics";
import { Problem } from "../../domain/problem.ts";
import { readJson } from "../../intake/json-scan.ts";
import { addTopic, changeTopic, listTopics, removeTopic, replaceCatalogue } from "../../manage/topics.ts";
import type { TopicDeps } from "../../manage/topics.ts";
import type { Handlers } from "../handler.ts";

export function topicHandlers(deps: TopicDeps): Handlers<typeof topicRoutes> {
  return {
    listTopics: async ({ query }) => listTopics(deps.catalogue.current(), query.version ?? null),
    createTopic: async ({ actor, caller, bytes }) => addTopic(deps, { actor, asking: caller }, bodyOf(bytes)),
    changeTopic: async ({ actor, caller, params, bytes }) => changeTopic(deps, { actor, asking: caller }, params.name, objectOf(bytes)),
    deleteTopic: async ({ actor, caller, params }) => removeTopic(deps, { actor, asking: caller }, params.name),
    readCatalogue: async () => deps.catalogue.current().document,
    replaceCatalogue: async ({ actor, caller, bytes }) => (await replaceCatalogue(deps, { actor, asking: caller }, bodyOf(bytes))).document,
  };
}

function bodyOf(bytes: Buffer | undefined): unknown {
  if (bytes === undefined) throw new Problem("invalid_json", "The request has no body.");
  const read = readJson(bytes, { depthMax });
  if (!read.ok) throw new Problem("invalid_json", undefined, read.mistakes);
  return read.value;
}

function objectOf(bytes: Buffer | undefined): Record<string, unknown> {
  const body = bodyOf(bytes);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Problem("invalid_request", "The body must be an object with the fields to change.");
  }
  return body as Record<string, unknown>;
}
