// Signing in to the Developer Hub. A link that works once carries a token in its fragment, which no server sees; the page
// exchanges it for a session, whose token is in a cookie that no script sees. A session may do what an admin key may.
import { Type } from "typebox";
import { nullable, timeField } from "./fields.ts";
import { route } from "./route.ts";

/** Longer than any token of ours. What is none, such as a link cut short, is answered like one that was used. */
const tokenCharactersMax = 200;

/** The hub's page that takes the token from its fragment. */
export const signInPath = "/sign-in";

export const MadeSignInLinkSchema = Type.Object(
  {
    url: Type.String({ description: "Opens the Developer Hub signed in. Works once." }),
    expires_at: timeField,
  },
  { additionalProperties: false },
);

export const NewSessionSchema = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: tokenCharactersMax, description: "What stands after `#` in a sign-in link." }) },
  { additionalProperties: false },
);

export const SessionSchema = Type.Object(
  {
    account: nullable(
      Type.Object(
        { id: Type.String(), name: Type.String(), role: Type.Enum(["operator"]) },
        { additionalProperties: false, description: "Whose session it is; null for a key." },
      ),
    ),
    expires_at: nullable(
      Type.String({ format: "date-time", description: "ISO 8601, UTC; later whenever the session is used. Null for a key." }),
    ),
    instance: Type.Object(
      {
        version: Type.String(),
        local_mode: Type.Boolean({ description: "Endpoints may be http and on this machine." }),
        public_url: Type.String(),
        regions: Type.Array(Type.Object({ name: Type.String(), egress: Type.Array(Type.String()) }, { additionalProperties: false })),
        retention_days: Type.Integer(),
        hold_days: Type.Integer(),
        catalogue_versions: Type.Array(Type.String(), { description: "API versions, newest first." }),
        inbox: Type.Boolean({ description: "There may be a test inbox: in local mode." }),
      },
      { additionalProperties: false },
    ),
  },
  { $id: "Session", additionalProperties: false },
);

const path = "/v1/session";
const tag = "sessions";

export const sessionRoutes = {
  createSignInLink: route({
    method: "POST",
    path: "/v1/sign-in-links",
    scope: "admin",
    tag,
    summary: "Make a link that signs in to the Developer Hub, once, within 15 minutes",
    answer: { status: 201, schema: MadeSignInLinkSchema },
  }),
  createSession: route({
    method: "POST",
    path: "/v1/sessions",
    scope: "public",
    tag,
    summary: "Sign in with the token of a link; the session is in a cookie",
    body: NewSessionSchema,
    answer: { status: 201, schema: SessionSchema },
    problems: ["invalid_link", "cross_site", "unavailable"],
  }),
  deleteSessions: route({
    method: "DELETE",
    path: "/v1/sessions",
    scope: "admin",
    tag,
    summary: "Sign out everywhere; every session and every unused link end at once",
    answer: { status: 204 },
  }),
  readSession: route({
    method: "GET",
    path,
    scope: "read",
    tag,
    summary: "Who is signed in, and what this Bellhop is",
    answer: { status: 200, schema: SessionSchema },
  }),
  deleteSession: route({
    method: "DELETE",
    path,
    scope: "read",
    tag,
    summary: "Sign out; the session ends at once",
    answer: { status: 204 },
    problems: ["not_found"],
  }),
} as const;
