// Reads what an app says about itself. A report with mistakes is refused with all of them; an answer to a check that
// cannot be read leaves the app's health unknown, and says why.
import { healthCtaTypes, healthLimits, healthStates } from "@bellhop/contract/health";
import type { healthUnreadable } from "@bellhop/contract/health";
import type { Mistake } from "@bellhop/contract/problems";

export type HealthState = (typeof healthStates)[number];
type CtaType = (typeof healthCtaTypes)[number];

export type Unreadable = { readonly reason: (typeof healthUnreadable)[number]; readonly detail: string };

export type AppHealth = {
  readonly state: HealthState;
  readonly message: string | null;
  readonly cta_type: CtaType | null;
  readonly cta_label: string | null;
  readonly cta_url: string | null;
  /** Why the answer to a check could not be read. */
  readonly unreadable: Unreadable | null;
};

/** What came of asking; `failure` and `detail` say why there is no answer, or none that was a 2xx. */
export type HealthAnswer = {
  readonly status: number | null;
  readonly failure: string | null;
  readonly detail: string | null;
  readonly body: Uint8Array;
  readonly bodyTruncated: boolean;
};

export type HealthRead = { readonly ok: true; readonly health: AppHealth } | { readonly ok: false; readonly mistakes: Mistake[] };

/** Never fails: what cannot be read is `UNKNOWN`. */
export function healthOfAnswer(answer: HealthAnswer): AppHealth {
  const { status, failure, detail } = answer;
  if (status === null) return unknown("no_answer", [failure, detail].filter((part) => part !== null).join(": "));
  if (failure !== null) return unknown("status", `It answered ${status}.`);
  if (answer.bodyTruncated) return unknown("cut", detail ?? "The body is too long, or did not arrive whole.");
  const given = objectIn(answer.body);
  if (given === null) return unknown("not_json", "The body is not a JSON object.");
  const read = readHealth(given);
  return read.ok ? read.health : unknown("mistakes", read.mistakes.map(({ pointer, message }) => `${pointer} ${message}.`).join(" "));
}

/** The detail of a failure may quote what the other side sent, and some of that could not be stored. */
function unknown(reason: Unreadable["reason"], detail: string): AppHealth {
  const unreadable = { reason, detail: detail.replaceAll("\0", "").toWellFormed() };
  return { state: "UNKNOWN", message: null, cta_type: null, cta_label: null, cta_url: null, unreadable };
}

function objectIn(body: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Fields that are null count as left out; fields that nobody asked for are not looked at. */
export function readHealth(given: Record<string, unknown>): HealthRead {
  const mistakes: Mistake[] = [];
  const refuse = (field: string, message: string): void => void mistakes.push({ pointer: `/${field}`, message });
  const health: AppHealth = {
    state: oneOf(healthStates, given["state"]) ?? "UNKNOWN",
    message: text(given["message"]),
    cta_type: oneOf(healthCtaTypes, given["cta_type"]),
    cta_label: text(given["cta_label"]),
    cta_url: text(given["cta_url"]),
    unreadable: null,
  };
  if (oneOf(healthStates, given["state"]) === null) refuse("state", `must be one of ${healthStates.join(", ")}`);
  if (isGiven(given["cta_type"]) && health.cta_type === null) refuse("cta_type", `must be one of ${healthCtaTypes.join(", ")}`);
  for (const [field, charactersMax] of textFields) {
    const message = isGiven(given[field]) ? textMistake(given[field], charactersMax) : null;
    if (message !== null) refuse(field, message);
    else if (health[field] === null && isNeeded(field, health)) refuse(field, `is needed with ${neededWith[field]}`);
  }
  if (health.cta_url !== null && !isWebAddress(health.cta_url)) refuse("cta_url", "must be an https: or http: URL");
  return mistakes.length === 0 ? { ok: true, health } : { ok: false, mistakes };
}

const textFields = [
  ["message", healthLimits.messageCharactersMax],
  ["cta_label", healthLimits.labelCharactersMax],
  ["cta_url", healthLimits.urlCharactersMax],
] as const;

const neededWith = { message: "UNHEALTHY", cta_label: "URL_CTA", cta_url: "URL_CTA" } as const;

function isNeeded(field: keyof typeof neededWith, { state, cta_type: type }: AppHealth): boolean {
  return neededWith[field] === (field === "message" ? state : type);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | null {
  return known.find((each) => each === value) ?? null;
}

/** An empty text says nothing. */
function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

function textMistake(value: unknown, charactersMax: number): string | null {
  if (typeof value !== "string") return "must be text";
  if (value.includes("\0") || !value.isWellFormed()) return "must not contain U+0000 or half of a surrogate pair";
  return Array.from(value).length > charactersMax ? `must not have more than ${charactersMax} characters` : null;
}

/** It becomes a link in somebody's browser. */
function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}
