// The control plane through its door: a server with the routes of keys, workspaces, apps, their health and secrets over a database of
// its own. `admin` and `reader` are tokens of unbound keys; `manage:<workspace>` of one bound to that workspace. Any other
// token is looked up as in the program.
import type { InjectOptions } from "fastify";
import { pino } from "pino";
import intercom from "../catalogue/intercom.json" with { type: "json" };
import { appRoutes } from "@bellhop/contract/apps";
import { healthRoutes } from "@bellhop/contract/health";
import { keyRoutes } from "@bellhop/contract/keys";
import { secretRoutes } from "@bellhop/contract/secrets";
import { workspaceRoutes } from "@bellhop/contract/workspaces";
import { readCatalogue } from "../server/src/domain/catalogue.ts";
import type { Catalogue } from "../server/src/domain/catalogue.ts";
import type { Caller, Handler } from "../server/src/http/handler.ts";
import { appHandlers } from "../server/src/http/handlers/apps.ts";
import { healthHandlers } from "../server/src/http/handlers/health.ts";
import { keyHandlers } from "../server/src/http/handlers/keys.ts";
import { secretHandlers } from "../server/src/http/handlers/secrets.ts";
import { workspaceHandlers } from "../server/src/http/handlers/workspaces.ts";
import { createServer } from "../server/src/http/server.ts";
import { createKeyFinder } from "../server/src/manage/keys-find.ts";
import { openDatabase } from "../server/src/store/database.ts";
import type { Database } from "../server/src/store/database.ts";
import { createSeal } from "../server/src/store/seal.ts";
import type { Seal } from "../server/src/store/seal.ts";
import { workspaceById } from "../server/src/store/workspaces.ts";
import { createTestDatabase } from "./database.ts";

export type Answer = { readonly status: number; readonly body: Record<string, unknown> };
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type ControlDoor = {
  readonly database: Database;
  readonly seal: Seal;
  call(method: Method, url: string, body?: object, token?: string): Promise<Answer>;
  close(): Promise<void>;
};

export async function openControlDoor(): Promise<ControlDoor> {
  const test = await createTestDatabase();
  const database = openDatabase(test.url, () => undefined);
  const seal = createSeal(Buffer.alloc(32, 7));
  const finder = createKeyFinder(database);
  const app = createServer({
    routes: { ...keyRoutes, ...workspaceRoutes, ...appRoutes, ...healthRoutes, ...secretRoutes },
    handlers: handlers(database, seal),
    changed: async () => finder.forget(),
    findKey: async (token) => (await pretendedCaller(database, token)) ?? finder.find(token),
    log: pino({ level: "silent" }),
  });
  return {
    database,
    seal,
    async call(method, url, body, token = "admin") {
      const request: InjectOptions = { method, url, headers: { authorization: `Bearer ${token}` } };
      const answer = await app.inject(body === undefined ? request : { ...request, payload: body });
      return { status: answer.statusCode, body: answer.body === "" ? {} : answer.json<Record<string, unknown>>() };
    },
    async close() {
      await app.close();
      await database.close();
      await test.drop();
    },
  };
}

function handlers(database: Database, seal: Seal): Record<string, Handler<never>> {
  const catalogue = builtInCatalogue();
  return {
    ...keyHandlers({ database }),
    ...workspaceHandlers({ database, regions: ["us", "eu", "au"] }),
    ...appHandlers({ database, seal, catalogue: () => catalogue, checkUrl: onlyHttps, uninstalled: () => undefined }),
    ...healthHandlers({ database }),
    ...secretHandlers({ database, seal }),
  };
}

const onlyHttps = (raw: string) =>
  raw.startsWith("https://") ? ({ ok: true } as const) : ({ ok: false, message: "Only https is allowed." } as const);

function builtInCatalogue(): Catalogue {
  const read = readCatalogue(intercom);
  if (!read.ok) throw new Error("The built-in catalogue has mistakes.");
  return read.catalogue;
}

async function pretendedCaller(database: Database, token: string): Promise<Caller | null> {
  if (token === "admin") return { key: "key_admin", scopes: ["admin"], workspace: null };
  if (token === "reader") return { key: "key_reader", scopes: ["read"], workspace: null };
  if (!token.startsWith("manage:")) return null;
  const workspace = await workspaceById(database.control, token.slice("manage:".length));
  return workspace ? { key: "key_bound", scopes: ["manage"], workspace: workspace.ref } : null;
}
