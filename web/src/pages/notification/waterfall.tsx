// Where the time of one exchange went.
import type { Answer } from "../../api/client.ts";
import { durationText } from "../../parts/time.tsx";

export type Timings = Answer<"listAttempts">["data"][number]["timings_ms"];
export type Phase = { readonly name: string; readonly fromMs: number; readonly ms: number; readonly look: string };

/** `first_byte` and `total` count from the beginning; the others are how long each took. */
export function phases({ dns, connect, tls, first_byte, total }: Timings): Phase[] {
  const found: Phase[] = [];
  let at = 0;
  const add = (name: string, ms: number | null, look: string): void => {
    if (ms === null || ms <= 0) return;
    found.push({ name, fromMs: at, ms, look });
    at += ms;
  };
  add("DNS", dns, "bg-waiting");
  add("Connect", connect, "bg-retrying");
  add("TLS", tls, "bg-held");
  add("First byte", first_byte === null ? null : first_byte - at, "bg-brass-fill");
  add(first_byte === null ? "No answer" : "Body", total === null ? null : total - at, first_byte === null ? "bg-failed" : "bg-delivered");
  return found;
}

export function Waterfall({ timings }: { readonly timings: Timings }) {
  const found = phases(timings);
  const { total } = timings;
  if (total === null || found.length === 0) return <p className="text-ink-3">It did not come to a connection, so nothing was timed.</p>;
  const isReused = timings.connect === null && timings.first_byte !== null;
  return (
    <div>
      <table className="w-full text-sm" aria-label="Timings">
        <tbody>
          {found.map(({ name, fromMs, ms, look }) => (
            <tr key={name}>
              <th scope="row" className="w-20 py-0.5 pr-3 text-left font-normal text-ink-3">
                {name}
              </th>
              <td className="py-0.5" aria-hidden>
                <div
                  className={`h-3 min-w-0.5 rounded-sm ${look}`}
                  style={{ marginLeft: `${(fromMs / total) * 100}%`, width: `${(ms / total) * 100}%` }}
                />
              </td>
              <td className="w-20 py-0.5 pl-3 text-right">{exactMs(ms)}</td>
            </tr>
          ))}
          <tr className="border-t border-line font-medium">
            <th scope="row" className="py-1 pr-3 text-left font-medium">
              Total
            </th>
            <td className="py-1 text-ink-3" aria-hidden />
            <td className="py-1 pl-3 text-right">{exactMs(total)}</td>
          </tr>
        </tbody>
      </table>
      {isReused && <p className="text-sm text-ink-3">The connection was open already.</p>}
    </div>
  );
}

export const exactMs = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : durationText(ms));
