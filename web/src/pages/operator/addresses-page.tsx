// Where notifications come from: what receivers let through their firewalls.
import { useQueries } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import { urlOf } from "../../api/client.ts";
import type { Answer } from "../../api/client.ts";
import { ask } from "../../api/queries.ts";
import { Code } from "../../parts/code.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { useSession } from "../../shell/session.ts";

/** Of the regions there are, so that pasting it takes none away. */
const exampleOf = (regions: readonly string[]): string => {
  const value = Object.fromEntries(regions.map((region, index) => [region, index === 0 ? { egress: ["203.0.113.7/32"] } : {}]));
  return `BELLHOP_REGIONS='${JSON.stringify(value)}' npm start`;
};

export function AddressesPage() {
  const { instance } = useSession();
  const names = instance.regions.map(({ name }) => name);
  const ranges = useQueries({ queries: names.map((region) => ask("readIpRanges", { params: { region } })) });
  const counts = ranges.map(({ data }) => data?.ip_ranges.length ?? 0);
  const configured = counts.reduce((sum, count) => sum + count, 0);
  return (
    <Page title="Egress addresses" answer={answerOf(names.length, counts)}>
      {configured === 0 && ranges.every(({ data }) => data) && (
        <Empty title="No addresses are configured" command={exampleOf(names)}>
          Without them notifications leave from whatever address the system chooses, and receivers cannot let only Bellhop through. Name
          each region’s addresses in BELLHOP_REGIONS; a process that delivers for a region sends from them.
        </Empty>
      )}
      {ranges.map((query, index) => (
        <RegionAddresses key={names[index]} region={names[index] ?? ""} query={query} />
      ))}
    </Page>
  );
}

function answerOf(regions: number, counts: readonly number[]): string {
  const named = counts.filter((count) => count > 0).length;
  if (named === 0) return "Receivers cannot tell Bellhop by its address: none is configured.";
  const all = counts.reduce((sum, count) => sum + count, 0);
  const where = named === regions ? (regions === 1 ? "one region" : `all ${regions} regions`) : `${named} of ${regions} regions`;
  return `Notifications leave from ${all} ${all === 1 ? "range" : "ranges"} in ${where}; receivers may let only these through.`;
}

type RegionProps = { readonly region: string; readonly query: UseQueryResult<Answer<"readIpRanges">> };

function RegionAddresses({ region, query }: RegionProps) {
  const path = urlOf("readIpRanges", { params: { region } });
  const { public_url } = useSession().instance;
  const list = query.data?.ip_ranges.map(({ range }) => range).join("\n") ?? "";
  return (
    <Section
      title={region.toUpperCase()}
      about={query.data && list !== "" ? `In force since ${query.data.date}` : undefined}
      actions={
        <>
          <a href={path} className="font-mono text-sm text-ink-2 underline underline-offset-2 hover:text-ink">
            {path}
          </a>
          <CopyButton text={`${public_url}${path}`} label="Copy URL" />
        </>
      }
    >
      <Loaded of={query}>
        {() => (list === "" ? <p className="text-ink-2">None configured.</p> : <Code label="CIDR ranges" text={list} />)}
      </Loaded>
    </Section>
  );
}
