import type { Static } from "typebox";
import type { KeySchema, keyRoutes } from "@bellhop/contract/keys";
import { mapPage } from "../../manage/find-page.ts";
import { keyPage, makeKey, removeKey } from "../../manage/keys.ts";
import type { Database } from "../../store/database.ts";
import type { KeyRecord } from "../../store/keys.ts";
import type { Handlers } from "../handler.ts";

export function keyHandlers({ database }: { readonly database: Database }): Handlers<typeof keyRoutes> {
  return {
    createKey: async ({ body, actor, caller }) => {
      const { key, token } = await makeKey(database, { actor, asking: caller }, Date.now(), body);
      return { ...presentKey(key), token };
    },

    listKeys: async ({ query, caller }) => mapPage(await keyPage(database, caller, query), presentKey),

    deleteKey: ({ params, actor, caller }) => removeKey(database, { actor, asking: caller }, params.id),
  };
}

function presentKey({ id, name, scopes, workspace_id, expires_at, created_at }: KeyRecord): Static<typeof KeySchema> {
  return { id, name, scopes, workspace_id, expires_at: expires_at && expires_at.toISOString(), created_at: created_at.toISOString() };
}
