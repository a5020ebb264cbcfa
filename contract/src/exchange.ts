// One HTTP exchange with an endpoint as people see it: what was sent, what came back, how long it took.
import { Type } from "typebox";
import type { Static } from "typebox";
import { attemptFailed } from "./reasons.ts";

/** Of an answer's body this many bytes are shown. */
export const shownBodyBytesMax = 4_096;

const milliseconds = Type.Union([Type.Number(), Type.Null()], { description: "Milliseconds; null where it did not come to that." });
const headers = Type.Array(Type.Tuple([Type.String(), Type.String()]));

export const ExchangeSchema = Type.Object(
  {
    request: Type.Object(
      {
        method: Type.Enum(["HEAD", "POST"]),
        url: Type.String(),
        headers: Type.Array(Type.Tuple([Type.String(), Type.String()]), {
          description: "In the order sent; values of the subscription's own headers are masked.",
        }),
        body: Type.Union([Type.String(), Type.Null()]),
      },
      { additionalProperties: false },
    ),
    status: Type.Union([Type.Integer(), Type.Null()], { description: "Null where no answer came." }),
    failure: Type.Union(
      [
        Type.Object(
          {
            reason: Type.Enum(Object.keys(attemptFailed) as (keyof typeof attemptFailed)[]),
            sentence: Type.String(),
            fix: Type.String(),
            detail: Type.Union([Type.String(), Type.Null()]),
          },
          { additionalProperties: false },
        ),
        Type.Null(),
      ],
      { description: "Why it would count as a failed attempt; null after any 2xx." },
    ),
    warning: Type.Union([Type.String(), Type.Null()]),
    answer: Type.Union([
      Type.Object({ headers, body: Type.String(), body_cut: Type.Boolean() }, { additionalProperties: false }),
      Type.Null(),
    ]),
    timings_ms: Type.Object(
      { dns: milliseconds, connect: milliseconds, tls: milliseconds, first_byte: milliseconds, total: milliseconds },
      { additionalProperties: false },
    ),
  },
  { $id: "Exchange", additionalProperties: false },
);

export type Exchange = Static<typeof ExchangeSchema>;
