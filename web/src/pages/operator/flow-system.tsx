// What it runs on: processes, regions, the database, the disk.
import { Fact, Facts, Section } from "../../parts/page.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { durationText } from "../../parts/time.tsx";
import { count, shareText } from "./flow-answer.ts";
import type { Flow } from "./flow-answer.ts";

export function System({ flow: { processes, regions, database, disk } }: { readonly flow: Flow }) {
  return (
    <>
      <Processes processes={processes} />
      <div className="grid gap-5 lg:grid-cols-2">
        <Section title="Regions" about="What is queued and under way, by the region of the workspace.">
          {regions.length === 0 ? (
            <p className="text-ink-2">Nothing is queued or under way in any.</p>
          ) : (
            <Facts>
              {regions.map(({ region, queued, in_flight }) => (
                <Fact key={region} name={region}>
                  {count(in_flight)} under way, {count(queued)} queued
                </Fact>
              ))}
            </Facts>
          )}
        </Section>
        <Section title="Database and disk">
          <Facts>
            <Fact name="Database">
              {database.reachable ? <span className="text-delivered">reachable</span> : <span className="text-failed">not reachable</span>}
              {database.latency_ms !== null && `, answers in ${durationText(Math.max(0.1, database.latency_ms))}`}
            </Fact>
            {database.size_bytes !== null && <Fact name="Size">{bytesText(database.size_bytes)}</Fact>}
            {database.connections !== null && <Fact name="Connections">{count(database.connections)}</Fact>}
            <Fact name="Disk">{disk === null ? "Elsewhere: the database is not on this machine’s disk." : <Disk disk={disk} />}</Fact>
          </Facts>
        </Section>
      </div>
    </>
  );
}

function Disk({ disk: { free_bytes, total_bytes, low } }: { readonly disk: NonNullable<Flow["disk"]> }) {
  const share = total_bytes === 0 ? 0 : free_bytes / total_bytes;
  return (
    <span className={low ? "text-failed" : ""}>
      {bytesText(free_bytes)} of {bytesText(total_bytes)} free ({shareText(share)}){low && ": publishing is refused"}
    </span>
  );
}

function Processes({ processes }: { readonly processes: Flow["processes"] }) {
  return (
    <section className="flex flex-col gap-2" aria-label="Processes and versions">
      <h2 className="text-lg font-semibold">Processes</h2>
      <Table
        label="Processes"
        head={
          <>
            <Th>Process</Th>
            <Th>Delivers</Th>
            <Th>Up for</Th>
            <Th className="text-right">Under way</Th>
            <Th className="text-right">Places free</Th>
            <Th className="text-right">Not on disk yet</Th>
            <Th className="text-right">Event loop p50 / p99</Th>
            <Th className="text-right">Memory</Th>
          </>
        }
      >
        {processes.map(({ id, epoch, version, uptime_s, event_loop_delay_ms: delay, memory_mb, in_flight, permits_free, unrecorded }) => (
          <tr key={id}>
            <Td>
              <p className="font-mono text-sm">{id}</p>
              <p className="text-sm text-ink-3">{version}</p>
            </Td>
            <Td className="whitespace-nowrap">{epoch === null ? "not now" : `yes, epoch ${epoch}`}</Td>
            <Td>{durationText(uptime_s * 1_000)}</Td>
            <Td className="text-right">{count(in_flight)}</Td>
            <Td className="text-right">{count(permits_free)}</Td>
            <Td className="text-right">{count(unrecorded)}</Td>
            <Td className="text-right whitespace-nowrap">
              {delay.p50.toFixed(1)} / {delay.p99.toFixed(1)} ms
            </Td>
            <Td className="text-right whitespace-nowrap">{count(memory_mb)} MB</Td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** `412 MB`, `1.2 GB`: powers of a thousand, as disks are sold. */
function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
