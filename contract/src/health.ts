// How an app is in a workspace, as the app itself says: when it is asked once a day at its health URL, and whenever it
// reports by itself.
import { Type } from "typebox";
import { nullable, timeField } from "./fields.ts";
import { route } from "./route.ts";

export const healthLimits = {
  messageCharactersMax: 2_084,
  labelCharactersMax: 100,
  urlCharactersMax: 2_084,
  /** All fields at their longest, each character escaped, fit in. */
  reportBytesMax: 65_536,
} as const;

/** `UNHEALTHY`: somebody in the workspace has to act. `UNKNOWN`: the app cannot tell, or its answer could not be read. */
export const healthStates = ["OK", "UNHEALTHY", "UNKNOWN"] as const;

/** What the button beside the message does: open a URL, or install the app again. */
export const healthCtaTypes = ["URL_CTA", "REINSTALL_CTA"] as const;

/**
 * Why the answer to a check could not be read. `no_answer`: the request failed. `status`: it was not a 2xx. `cut`: the body
 * is longer than 64 KiB or did not arrive whole. `not_json`: it is no JSON object. `mistakes`: its fields are not as asked.
 */
export const healthUnreadable = ["no_answer", "status", "cut", "not_json", "mistakes"] as const;

const state = Type.Enum([...healthStates]);
const ctaType = Type.Enum([...healthCtaTypes]);

/** What an app says about itself, in its answer to a check or by itself. */
export const HealthReportSchema = Type.Object(
  {
    state,
    message: Type.Optional(
      nullable(Type.String({ maxLength: healthLimits.messageCharactersMax, description: "What is wrong; needed with `UNHEALTHY`." })),
    ),
    cta_type: Type.Optional(nullable(ctaType)),
    cta_label: Type.Optional(nullable(Type.String({ maxLength: healthLimits.labelCharactersMax, description: "Needed with `URL_CTA`." }))),
    cta_url: Type.Optional(
      nullable(Type.String({ maxLength: healthLimits.urlCharactersMax, description: "`https:` or `http:`; needed with `URL_CTA`." })),
    ),
  },
  { additionalProperties: false },
);

export const HealthSchema = Type.Object({
  state,
  message: nullable(Type.String()),
  cta_type: nullable(ctaType),
  cta_label: nullable(Type.String()),
  cta_url: nullable(Type.String()),
  by: Type.Enum(["check", "report"]),
  at: timeField,
  unreadable: nullable(Type.Object({ reason: Type.Enum([...healthUnreadable]), detail: Type.String() })),
});

export const healthRoutes = {
  reportHealth: route({
    method: "POST",
    path: "/v1/app_install/status",
    scope: "public",
    tag: "installations",
    summary: "An app says how it is in a workspace; needs the installation's access token as `Authorization: Bearer`",
    body: HealthReportSchema,
    bodyBytesMax: healthLimits.reportBytesMax,
    answer: { status: 200, schema: HealthSchema },
    problems: ["invalid_request", "unauthorized", "payload_too_large", "unavailable"],
  }),
} as const;
