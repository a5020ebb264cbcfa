import type { Answer } from "../../api/client.ts";
import { Dot } from "../../parts/status.tsx";
import type { Shape } from "../../parts/status.tsx";
import { Time } from "../../parts/time.tsx";

type HealthValue = NonNullable<Answer<"listInstallations">["data"][number]["health"]>;

const looks: Record<HealthValue["state"], { text: string; shape: Shape; word: string }> = {
  OK: { text: "text-delivered", shape: "full", word: "OK" },
  UNHEALTHY: { text: "text-failed", shape: "cross", word: "unhealthy" },
  UNKNOWN: { text: "text-ink-2", shape: "dots", word: "unknown" },
};

/** How the app is there, as it says itself. */
export function Health({ health, asked }: { readonly health: HealthValue | null; readonly asked: boolean }) {
  if (health === null) return <span className="text-sm text-ink-3">{asked ? "not asked yet" : "no health URL, and nothing reported"}</span>;
  const { text, shape, word } = looks[health.state];
  return (
    <div className="text-sm">
      <span className={`inline-flex items-center gap-1.5 font-medium ${text}`}>
        <Dot shape={shape} />
        {word}
      </span>{" "}
      <span className="text-ink-3">
        {health.by === "check" ? "asked" : "reported"} <Time at={health.at} />
      </span>
      {health.message && <p className="wrap-anywhere">{health.message}</p>}
      {health.cta_type && (
        <p className="wrap-anywhere text-ink-3">
          Button: {health.cta_type === "REINSTALL_CTA" ? "install again" : `${health.cta_label} (${health.cta_url})`}
        </p>
      )}
      {health.unreadable && <p className="wrap-anywhere text-failed">The answer could not be read: {health.unreadable.detail}</p>}
    </div>
  );
}
