// What a person reads in the terminal: ten lines at the start, then one per attempt.
import { isLocalMode } from "./config.ts";
import type { Config } from "./config.ts";
import type { Instance } from "./instance.ts";
import type { Sample } from "./sample/sample.ts";
import type { AttemptSignal } from "./signal/telemetry.ts";

/** `link`: signs in to the hub; null where others than this machine could read along. */
export type Started = { config: Config; instance: Instance; sample: Sample | null; link: string | null; tookMs: number };

export function startText({ config, instance, sample, link, tookMs }: Started): string {
  const database = config.databaseUrl === null ? `private PostgreSQL in ${config.dataDir}` : "PostgreSQL of DATABASE_URL";
  const mode = isLocalMode(config) ? "Local mode: http and receivers on this machine are allowed." : "Endpoints must be https and public.";
  const lines = [
    link === null ? "Developer Hub: `npm run link` prints a link that signs in." : `Open the Developer Hub, signed in: ${link}`,
    `Bellhop is at ${instance.url} (ready in ${(tookMs / 1000).toFixed(1)} s, ${database}).`,
    mode,
    keyLine(instance),
    ...(sample ? sampleLines(instance, sample) : inboxLines(instance)),
    `API: ${instance.url}/openapi.json   Health: ${instance.url}/readyz   Stop: Ctrl-C`,
  ];
  return lines.join("\n");
}

function keyLine({ firstKey }: Instance): string {
  if ("sentence" in firstKey) return firstKey.sentence;
  return firstKey.state === "given" ? "Admin key: the one in BELLHOP_ADMIN_KEY." : `Admin key: in ${firstKey.file}`;
}

/** How a shell gets at the key. */
function keyText({ firstKey, keyFile }: Instance): string {
  return firstKey.state === "given" ? "$BELLHOP_ADMIN_KEY" : `$(cat '${keyFile}')`;
}

function inboxLines({ inbox }: Instance): string[] {
  return inbox ? [`A test inbox takes what you send to any path of ${inbox.url}; the hub shows what arrived.`] : [];
}

function sampleLines(instance: Instance, sample: Sample): string[] {
  const body = JSON.stringify({
    workspace_id: sample.workspace,
    topic: "ticket.created",
    item: { type: "ticket", id: "42", ticket_state: "submitted" },
  });
  return [
    `Sample: app ${sample.app} is installed in the workspaces ${sample.workspaces.join(", ")}; its test inbox is ${sample.inboxUrl}.`,
    `Delivered to the inbox so far: ${sample.delivered}. What arrived, and whether its signature was right: curl -s ${sample.inboxUrl}/`,
    "Publish another event:",
    `  curl -s ${instance.url}/v1/events -H "Authorization: Bearer ${keyText(instance)}" -H 'Content-Type: application/json' -d '${body}'`,
    `The log: curl -s ${instance.url}/v1/notifications -H "Authorization: Bearer ${keyText(instance)}"`,
    "Two more apps of the sample fail, are held, or do not get all: the hub shows why.   Remove the sample: npm run sample:remove",
  ];
}

export function attemptLine(signal: AttemptSignal): string {
  const time = new Date().toTimeString().slice(0, 8);
  const outcome =
    signal.failure === null ? String(signal.status) : [signal.failure, signal.status].filter((part) => part !== null).join(" ");
  const next = signal.nextAtMs === null ? "" : `  next ${new Date(signal.nextAtMs).toTimeString().slice(0, 8)}`;
  const mark = signal.failure === null ? "ok  " : "fail";
  return `${time} ${mark} ${signal.topic} ${signal.notification} attempt ${signal.attempt}: ${outcome} in ${signal.totalMs.toFixed(0)} ms${next}`;
}
