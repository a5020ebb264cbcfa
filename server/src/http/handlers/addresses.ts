// The egress addresses of a region as receivers' firewalls read them.
import { isIPv6 } from "node:net";
import type { addressRoutes } from "@bellhop/contract/addresses";
import { Problem } from "../../domain/problem.ts";
import type { Handlers } from "../handler.ts";

export type AddressDeps = {
  readonly regions: ReadonlyMap<string, { readonly egress: readonly string[] }>;
  /** Since when the configuration is in force. */
  readonly startedAt: Date;
};

export function addressHandlers({ regions, startedAt }: AddressDeps): Handlers<typeof addressRoutes> {
  return {
    readIpRanges: async ({ params: { region } }) => {
      const configured = regions.get(region);
      if (configured === undefined) throw new Problem("not_found", `There is no region "${region}".`);
      const ranges = configured.egress.map(cidr);
      return {
        ip_ranges: ranges.map((range) => ({ range, region: region.toUpperCase(), service: "BELLHOP-OUTBOUND" as const })),
        date: startedAt.toISOString().slice(0, 10),
      };
    },
  };
}

/** A single address is a network of one. */
function cidr(address: string): string {
  return address.includes("/") ? address : `${address}/${isIPv6(address) ? 128 : 32}`;
}
