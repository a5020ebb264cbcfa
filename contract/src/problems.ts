// The closed list of errors that the HTTP API answers with (RFC 9457). `status` and `title` belong to the code and never
// vary; `detail` and `errors` say what was wrong this time.
import { Type } from "typebox";

/** Code -> HTTP status and title. */
export const problems = {
  malformed_request: { status: 400, title: "This is not HTTP as Bellhop understands it" },
  invalid_json: { status: 400, title: "The body is not valid JSON" },
  invalid_request: { status: 422, title: "The request has mistakes" },
  invalid_query: { status: 400, title: "The query has mistakes" },
  invalid_cursor: { status: 400, title: "The cursor is not one of this list's" },
  unauthorized: { status: 401, title: "A valid key is needed" },
  invalid_link: { status: 401, title: "The sign-in link was used, has expired, or is not known" },
  cross_site: { status: 403, title: "The request comes from another site" },
  forbidden: { status: 403, title: "The key may not do this" },
  subscriptions_by_hub_only: { status: 403, title: "Subscriptions are made in the Developer Hub" },
  not_found: { status: 404, title: "There is nothing here" },
  unknown_workspace: { status: 404, title: "There is no such workspace" },
  unknown_app: { status: 404, title: "There is no such app" },
  method_not_allowed: { status: 405, title: "The route does not take this method" },
  request_timeout: { status: 408, title: "The request took too long to arrive" },
  conflict: { status: 409, title: "This contradicts what exists" },
  already_exists: { status: 409, title: "Something with this id exists already" },
  idempotency_conflict: { status: 409, title: "The idempotency key was used with other content" },
  version_conflict: { status: 409, title: "The API version would lose chosen topics" },
  region_mismatch: { status: 409, title: "The workspace is in another region" },
  owner_not_entitled: { status: 409, title: "The app's workspace is not entitled to webhooks" },
  item_unavailable: { status: 409, title: "The event's content is no longer kept" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The content type is not supported" },
  unknown_topic: { status: 422, title: "There is no such topic" },
  url_refused: { status: 422, title: "The URL is not allowed" },
  url_unreachable: { status: 422, title: "The URL gave no answer" },
  invalid_catalogue: { status: 422, title: "The catalogue has mistakes" },
  limit_reached: { status: 422, title: "A limit is reached" },
  headers_too_large: { status: 431, title: "The headers are too large" },
  internal: { status: 500, title: "Bellhop failed" },
  unavailable: { status: 503, title: "Bellhop cannot do this at the moment" },
  outcome_unknown: { status: 503, title: "It is not known whether this was done" },
  storage_low: { status: 503, title: "The disk is nearly full" },
} as const;

export type ProblemCode = keyof typeof problems;

/** One mistake: where (JSON pointer into the body, or the parameter's name) and what, in a sentence. */
export const MistakeSchema = Type.Object({ pointer: Type.String(), message: Type.String() }, { $id: "Mistake" });
export type Mistake = { pointer: string; message: string };

/** The body of every error answer, `application/problem+json`. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(MistakeSchema)),
    request_id: Type.String(),
  },
  { $id: "Problem" },
);
