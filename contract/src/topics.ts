// Topics and the catalogue that holds them. Bodies are read by the server itself, so that every mistake is listed.
import { Type } from "typebox";
import type { Static } from "typebox";
import { CatalogueSchema, TopicSchema, TopicViewSchema, catalogueLimits, topicNamePattern } from "./catalogue.ts";
import { nullable } from "./fields.ts";
import { route } from "./route.ts";

const { description, permissions, item_type, since, until, formerly, to_older, always_on, undocumented, sample } = TopicSchema.properties;

/** Fields of a topic to change; null takes an optional one away. The name cannot change. */
export const TopicChangeSchema = Type.Object(
  {
    description: Type.Optional(description),
    permissions: Type.Optional(permissions),
    item_type: Type.Optional(item_type),
    since: Type.Optional(since),
    until: Type.Optional(nullable(until)),
    formerly: Type.Optional(nullable(formerly)),
    to_older: Type.Optional(nullable(to_older)),
    always_on: Type.Optional(nullable(always_on)),
    undocumented: Type.Optional(nullable(undocumented)),
    sample: Type.Optional(nullable(sample)),
  },
  { $id: "TopicChange", additionalProperties: false },
);

const TopicListSchema = Type.Object({
  version: nullable(Type.String({ description: "Null: names and shapes are the newest." })),
  data: Type.Array(TopicViewSchema),
});

const params = Type.Object(
  { name: Type.String({ pattern: topicNamePattern, maxLength: catalogueLimits.nameCharactersMax, description: "A topic's name." }) },
  { additionalProperties: false },
);
const versionQuery = Type.Object(
  {
    version: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: catalogueLimits.versionCharactersMax,
        description: "An API version: only what it offers, as it calls and shapes it.",
      }),
    ),
  },
  { additionalProperties: false },
);

const tag = "topics";

export const topicRoutes = {
  listTopics: route({
    method: "GET",
    path: "/v1/topics",
    scope: "read",
    tag,
    summary: "All topics with their permissions and a sample item",
    query: versionQuery,
    answer: { status: 200, schema: TopicListSchema },
    problems: ["invalid_query"],
  }),
  createTopic: route({
    method: "POST",
    path: "/v1/topics",
    scope: "manage",
    tag,
    summary: "Add a topic to the catalogue",
    body: TopicSchema,
    rawBody: true,
    answer: { status: 201, schema: TopicViewSchema },
    problems: ["already_exists", "invalid_catalogue"],
  }),
  changeTopic: route({
    method: "PATCH",
    path: "/v1/topics/{name}",
    scope: "manage",
    tag,
    summary: "Change a topic; refused where a subscription would lose it",
    params,
    body: TopicChangeSchema,
    rawBody: true,
    answer: { status: 200, schema: TopicViewSchema },
    problems: ["not_found", "invalid_catalogue", "conflict"],
  }),
  deleteTopic: route({
    method: "DELETE",
    path: "/v1/topics/{name}",
    scope: "manage",
    tag,
    summary: "Remove a topic; refused while a subscription has chosen it",
    params,
    answer: { status: 204 },
    problems: ["not_found", "invalid_catalogue", "conflict"],
  }),
  readCatalogue: route({
    method: "GET",
    path: "/v1/catalogue",
    scope: "read",
    tag,
    summary: "The whole catalogue, as PUT takes it",
    answer: { status: 200, schema: CatalogueSchema },
  }),
  replaceCatalogue: route({
    method: "PUT",
    path: "/v1/catalogue",
    scope: "manage",
    tag,
    summary: "Replace the whole catalogue; every mistake is listed",
    body: CatalogueSchema,
    rawBody: true,
    answer: { status: 200, schema: CatalogueSchema },
    problems: ["invalid_catalogue", "conflict"],
  }),
} as const;

export type TopicList = Static<typeof TopicListSchema>;
