// The addresses that notifications leave from, per region, for receivers' firewalls.
import { Type } from "typebox";
import { route } from "./route.ts";

const IpRangesSchema = Type.Object(
  {
    ip_ranges: Type.Array(
      Type.Object(
        {
          range: Type.String({ description: "CIDR." }),
          region: Type.String({ description: "In capitals." }),
          service: Type.Literal("BELLHOP-OUTBOUND"),
        },
        { additionalProperties: false },
      ),
    ),
    date: Type.String({ description: "YYYY-MM-DD: since when these are in force." }),
  },
  { $id: "IpRanges", additionalProperties: false },
);

export const addressRoutes = {
  readIpRanges: route({
    method: "GET",
    path: "/ip-ranges/{region}.json",
    scope: "public",
    tag: "addresses",
    summary: "A region's egress addresses; empty where none are configured",
    params: Type.Object({ region: Type.String({ minLength: 1, maxLength: 64 }) }, { additionalProperties: false }),
    answer: { status: 200, schema: IpRangesSchema },
    problems: ["not_found"],
  }),
} as const;
