import type { Static } from "typebox";
import { overlapHoursDefault } from "@bellhop/contract/secrets";
import type { SecretsSchema, secretRoutes } from "@bellhop/contract/secrets";
import { readSecrets, rotateSecret, useNewSecret } from "../../manage/secrets.ts";
import type { SecretVersionView } from "../../manage/secrets.ts";
import type { Database } from "../../store/database.ts";
import type { Seal } from "../../store/seal.ts";
import { mayUse } from "../authorize.ts";
import type { Handlers } from "../handler.ts";

export function secretHandlers({ database, seal }: { readonly database: Database; readonly seal: Seal }): Handlers<typeof secretRoutes> {
  return {
    listSecrets: async ({ params, caller }) => {
      const asking = { workspace: caller.workspace, mayManage: mayUse(caller, "manage") };
      return presentSecrets(await readSecrets(database, seal, asking, params.id));
    },

    rotateSecret: async ({ params, body, actor, caller }) => {
      const overlapHours = body.overlap_hours ?? overlapHoursDefault;
      return presentSecrets(await rotateSecret(database, seal, { actor, asking: caller }, params.id, overlapHours));
    },

    useNewSecret: async ({ params, actor, caller }) =>
      presentSecrets(await useNewSecret(database, seal, { actor, asking: caller }, params.id)),
  };
}

function presentSecrets(versions: readonly SecretVersionView[]): Static<typeof SecretsSchema> {
  return {
    data: versions.map(({ number, createdAt, endsAt, signsHub, value }) => ({
      number,
      created_at: createdAt.toISOString(),
      ends_at: endsAt && endsAt.toISOString(),
      signs_x_hub_signature: signsHub,
      ...(value && { client_secret: value.clientSecret, whsec: value.whsec }),
    })),
  };
}
