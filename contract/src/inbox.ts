// The test inbox: a receiver of Bellhop's own on this machine, in local mode only. What arrived there, whether it was signed
// rightly, and what it is to answer.
import { Type } from "typebox";
import type { Static } from "typebox";
import { listLimitDefault, listLimitMax, nullable, timeField } from "./fields.ts";
import { inboxAnswers } from "./inbox-answers.ts";
import { route } from "./route.ts";

export const inboxPathCharactersMax = 1_000;
export const inboxRetryAfterSMax = 86_400;
/** Of a body this many characters are shown. */
export const inboxShownCharactersMax = 64 * 1_024;
/** Endpoints listed; those that subscriptions use come first. */
export const inboxEndpointsMax = 200;

const answer = Type.Enum([...inboxAnswers], { description: "A status, `late` (200 after 20 s), or `never`." });
const retryAfterS = Type.Integer({ minimum: 0, maximum: inboxRetryAfterSMax, description: "Sent as Retry-After unless it answers 200." });
const path = Type.String({
  maxLength: inboxPathCharactersMax,
  pattern: '^/[!-"$->@-~]*$',
  description: "A path that begins with `/`, without blanks and query.",
});
const verdict = Type.Enum(["right", "wrong", "absent"], {
  description: "`right`: made with a secret of an app or subscription whose URL points at the inbox.",
});

export const InboxBehaviourSchema = Type.Object({ answer, retry_after_s: nullable(retryAfterS) }, { additionalProperties: false });

export const InboxBehaviourChangeSchema = Type.Object(
  { path: Type.Optional(path), answer, retry_after_s: Type.Optional(nullable(retryAfterS)) },
  { additionalProperties: false, description: "Without a path: what every path answers from now on." },
);

export const InboxEndpointSchema = Type.Object(
  {
    url: Type.String(),
    path: Type.String(),
    behaviour: InboxBehaviourSchema,
    subscriptions: Type.Array(Type.Object({ app: Type.String(), subscription: Type.String() }, { additionalProperties: false }), {
      description: "Whose endpoint it is.",
    }),
  },
  { additionalProperties: false },
);

export const InboxReceivedSchema = Type.Object(
  {
    number: Type.Integer({ description: "1 for the first since Bellhop started." }),
    at: timeField,
    path: Type.String({ description: "With its query." }),
    topic: nullable(Type.String()),
    notification: nullable(Type.String({ description: "Null for a ping, and for what is not Bellhop's." })),
    headers: Type.Record(Type.String(), Type.String(), {
      description: "Of what a subscription sets only the length is shown, since it may be a secret.",
    }),
    body: Type.String({ description: `The first ${inboxShownCharactersMax} characters.` }),
    body_cut: Type.Boolean(),
    signatures: Type.Object({ hub: verdict, standard: verdict }, { additionalProperties: false }),
    answered: answer,
  },
  { additionalProperties: false },
);

export const InboxSchema = Type.Object(
  {
    url: Type.String({ description: "Any path of it takes requests." }),
    endpoints: Type.Array(InboxEndpointSchema, { description: "Those in use, asked for, or told how to answer." }),
    total: Type.Integer({ description: "All that arrived since it was emptied, also those no longer kept." }),
    received: Type.Array(InboxReceivedSchema, { description: "Newest first." }),
  },
  { $id: "Inbox", additionalProperties: false },
);
export type InboxView = Static<typeof InboxSchema>;
export type InboxBehaviourChange = Static<typeof InboxBehaviourChangeSchema>;

const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: listLimitMax, default: listLimitDefault }));
const tag = "inbox";

export const inboxRoutes = {
  readInbox: route({
    method: "GET",
    path: "/v1/inbox",
    scope: "read",
    tag,
    summary: "What the test inbox of local mode received, and how its paths answer",
    query: Type.Object({ limit }, { additionalProperties: false }),
    answer: { status: 200, schema: InboxSchema },
    problems: ["not_found"],
  }),
  changeInboxBehaviour: route({
    method: "PUT",
    path: "/v1/inbox/behaviour",
    scope: "manage",
    tag,
    summary: "Tell the test inbox what to answer, at one path or at all",
    body: InboxBehaviourChangeSchema,
    answer: { status: 204 },
    problems: ["not_found"],
  }),
  emptyInbox: route({
    method: "DELETE",
    path: "/v1/inbox",
    scope: "manage",
    tag,
    summary: "Forget what the test inbox received, and the paths that were told to answer as all others do",
    answer: { status: 204 },
    problems: ["not_found"],
  }),
} as const;
