// The documents that are made from code: the API as OpenAPI, the settings as a table. A test compares them with what is
// committed, so that a change of either shows as a difference to review.
import swagger from "@fastify/swagger";
import { pino } from "pino";
import { MistakeSchema, problems, ProblemSchema } from "@bellhop/contract/problems";
import type { Route } from "@bellhop/contract/route";
import { problemsOf } from "@bellhop/contract/route-problems";
import { routes } from "@bellhop/contract/routes";
import Fastify from "fastify";
import { settings } from "../server/src/config.ts";
import { version } from "../server/src/version.ts";

/** The committed `openapi.json`, as text. */
export async function openapiText(): Promise<string> {
  const app = Fastify({ loggerInstance: pino({ level: "silent" }), exposeHeadRoutes: false });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Bellhop", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
    },
  });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  for (const [name, route] of Object.entries(routes) as [string, Route][]) describe(app, name, route);
  await app.ready();
  return `${JSON.stringify(withProblemOnce(app.swagger() as unknown as Document), null, 1)}\n`;
}

type Answers = Record<string, { content?: Record<string, { schema: unknown }> }>;
type Document = {
  components: { schemas?: Record<string, unknown> };
  paths: Record<string, Record<string, { responses: Answers }>>;
};

/** Hundreds of answers are the same problem document. */
function withProblemOnce(document: Document): Document {
  const answers = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ responses }) => Object.values(responses));
  for (const { content } of answers) {
    const problem = content?.["application/problem+json"];
    if (problem) problem.schema = { $ref: "#/components/schemas/Problem" };
  }
  document.components.schemas = { ...document.components.schemas, Problem: problemSchema };
  return document;
}

function describe(app: ReturnType<typeof Fastify>, name: string, route: Route): void {
  const { answer } = route;
  const codes = problemsOf(route);
  const response: Record<string, unknown> = { [answer.status]: answer.schema ?? { type: "null", description: "Nothing" } };
  for (const code of codes) {
    const { status } = problems[code];
    const named = codes.filter((each) => problems[each].status === status);
    response[status] = { description: named.join(", "), content: { "application/problem+json": { schema: problemSchema } } };
  }
  const url = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
  const schema: Record<string, unknown> = { operationId: name, summary: route.summary, tags: [route.tag], response };
  if (route.scope !== "public") schema["security"] = [{ key: [route.scope] }];
  if (route.params) schema["params"] = route.params;
  if (route.query) schema["querystring"] = route.query;
  if (route.body) schema["body"] = route.body;
  app.route({ method: route.method, url, schema, handler: async () => undefined });
}

const problemSchema = {
  ...ProblemSchema,
  $id: undefined,
  properties: { ...ProblemSchema.properties, errors: { type: "array", items: { ...MistakeSchema, $id: undefined } } },
};

/** The committed `docs/configuration.md`. */
export function configurationText(): string {
  const rows = Object.entries(settings).map(([name, text]) => `| \`${name}\` | ${text.replaceAll("|", "\\|")} |`);
  return [
    "# Configuration",
    "",
    "Bellhop reads these environment variables at its start, and reports every mistake in them at once. It runs without any.",
    "",
    "| Variable | What it sets |",
    "| --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

export const generated: Record<string, () => string | Promise<string>> = {
  "openapi.json": openapiText,
  "docs/configuration.md": configurationText,
};
