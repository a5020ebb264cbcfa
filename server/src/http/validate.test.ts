// What a value that fits no alternative is told: the mistakes of the alternative of its own kind, and one sentence where there is none.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { pino } from "pino";
import { Type } from "typebox";
import { nullable } from "@bellhop/contract/fields";
import { NewReplaySchema } from "@bellhop/contract/replays";
import { route } from "@bellhop/contract/route";
import { PolicySchema } from "@bellhop/contract/subscriptions";
import { createServer } from "./server.ts";

const body = Type.Object(
  {
    policy: Type.Optional(PolicySchema),
    policies: Type.Optional(Type.Array(PolicySchema)),
    until: Type.Optional(NewReplaySchema.properties.until),
    retry_after_s: Type.Optional(nullable(Type.Integer({ minimum: 0 }))),
    names: Type.Optional(nullable(Type.Array(nullable(Type.String())))),
    nested: Type.Optional(nullable(Type.Union([Type.String({ minLength: 1 }), Type.Object({ of: Type.Boolean() })]))),
  },
  { additionalProperties: false },
);
const take = route({ method: "POST", path: "/take", scope: "publish", tag: "test", summary: "", body, answer: { status: 204 } });
const server = createServer({
  routes: { take },
  handlers: { take: async () => undefined },
  findKey: async () => ({ key: "key_test", scopes: ["publish"], workspace: null }),
  log: pino({ level: "silent" }),
});
after(() => server.close());

const post = (url: string, payload: object) => server.inject({ method: "POST", url, payload, headers: { authorization: "Bearer key" } });

for (const [what, given, told] of [
  ["an own policy", { policy: { waits_s: [-1] } }, ["/policy/waits_s/0 must be >= 1"]],
  ["an own policy with an unknown field", { policy: { waits_s: [60], color: 1 } }, ["/policy/color is not a known field"]],
  ["a policy without waits", { policy: {} }, ["/policy/waits_s is missing"]],
  ["a policy's name", { policy: "iron" }, ['/policy must be one of "durable", "intercom"']],
  ["a number for a policy", { policy: 3 }, ['/policy must be "durable" or "intercom" or object']],
  [
    "one of several policies",
    { policies: ["durable", { waits_s: [0] }, "iron"] },
    ["/policies/1/waits_s/0 must be >= 1", '/policies/2 must be one of "durable", "intercom"'],
  ],
  ["a number that is too large for a time", { until: 9e99 }, ["/until must be <= 4102444800"]],
  ["an empty text for a time", { until: "" }, ["/until must not have fewer than 1 characters"]],
  ["no time", { until: null }, ["/until must be string or number"]],
  ["too small a number where null would do", { retry_after_s: -1 }, ["/retry_after_s must be >= 0"]],
  ["a fraction where null would do", { retry_after_s: 1.5 }, ["/retry_after_s must be integer or null"]],
  ["an entry of a list", { names: ["a", 1] }, ["/names/1 must be string or null"]],
  ["an alternative within one", { nested: { of: 1 } }, ["/nested/of must be boolean"]],
  ["nothing within an alternative", { nested: 1 }, ["/nested must be string or object or null"]],
] as const) {
  test(`${what} hears of its own mistakes alone`, async () => {
    const answer = await post("/take", given);
    const errors = answer.json<{ errors: { pointer: string; message: string }[] }>().errors;
    assert.deepEqual([answer.statusCode, errors.map(({ pointer, message }) => `${pointer} ${message}`)], [422, told]);
  });
}

test("a query is refused where none is asked for", async () => {
  const answer = await post("/take?x=1", {});
  assert.partialDeepStrictEqual(answer.json(), { status: 400, code: "invalid_query", errors: [{ pointer: "/x" }] });
  assert.equal((await post("/take", {})).statusCode, 204);
});
