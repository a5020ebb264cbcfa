import { durationText, exactText, useTick, useZone } from "../../parts/time.tsx";

/** `for 12 min`: how long a state has lasted; since when exactly, on hover. */
export function Lasting({ since }: { readonly since: string }) {
  const [zone] = useZone();
  const text = useTick((now) => durationText(Math.floor(Math.max(0, now - Date.parse(since)) / 1_000) * 1_000));
  return (
    <time dateTime={since} title={`since ${exactText(since, zone)}`} className="whitespace-nowrap">
      for {text === "0 ms" ? "less than 1 s" : text}
    </time>
  );
}
