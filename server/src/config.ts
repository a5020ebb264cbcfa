// The only file that reads the environment. Every mistake is reported at once; what is unset has the default written here.
import { isIP, BlockList } from "node:net";
import { resolve } from "node:path";
import { itemBytesDefault, itemBytesMost } from "@bellhop/contract/events";

export type Region = {
  readonly egress: readonly string[];
  /** Of each workspace there; what is beyond follows at a lower rank. */
  readonly eventsPerMinute: number;
};

export type Config = {
  readonly port: number | null;
  readonly host: string;
  readonly publicUrl: string | null;
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly adminKey: string | null;
  readonly encryptionKey: Buffer | null;
  readonly catalogue: string;
  readonly regions: ReadonlyMap<string, Region>;
  readonly allowHttp: boolean;
  /** Null when unset: only then local mode is possible. */
  readonly allowNetworks: readonly string[] | null;
  readonly allowHosts: readonly string[];
  readonly retentionDays: number;
  readonly holdDays: number;
  readonly itemBytesMax: number;
  readonly userAgent: string | null;
  readonly metricsPort: number | null;
  readonly logLevel: LogLevel;
};

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof logLevels)[number];

export const portDefault = 4100;
const regionsDefault = ["us", "eu", "au"];
const eventsPerMinuteMost = 1_000_000_000;
const publicUrlCharactersMax = 500;
const userAgentCharactersMax = 200;
/** Retention must outlive the hold by this, or a partition could be dropped while something in it is owed. */
const retentionBeyondHoldDays = 6;

/** What can be set, for the document that is generated from it. */
export const settings: Record<string, string> = {
  PORT: `Port of API and hub. Default ${portDefault}; when unset and taken, the next free one.`,
  HOST: "Address to listen on. Default 127.0.0.1.",
  PUBLIC_URL: "How others reach Bellhop; part of the User-Agent and of links.",
  DATABASE_URL: "A PostgreSQL (16 or newer) to use instead of the private one.",
  BELLHOP_DATA_DIR: "Folder of the private PostgreSQL and of keys. Default ./data.",
  BELLHOP_ADMIN_KEY:
    "An admin key (at least 20 characters) that is valid at every start; else one is made and written to `admin.key` in the data folder.",
  BELLHOP_ENCRYPTION_KEY: "32 bytes, base64 or hex, that seal the secrets; else a file in the data folder.",
  BELLHOP_CATALOGUE: "Topics: `intercom` (default), `empty`, or a JSON file.",
  BELLHOP_REGIONS:
    'Regions as JSON: {"us": {"egress": ["203.0.113.7/32"], "events_per_minute": 150000}}. `events_per_minute`: how many events of a workspace go first, the rest follows; default 150000 in us, 20000 elsewhere. Default: us, eu, au without addresses.',
  BELLHOP_ALLOW_HTTP: "`true` lets endpoints be http.",
  BELLHOP_ALLOW_NETWORKS: "CIDRs, comma separated, that endpoints may be in although they are private. Setting it ends local mode.",
  BELLHOP_ALLOW_HOSTS: "Host names, comma separated, that may resolve into the allowed networks.",
  BELLHOP_RETENTION_DAYS: "Days the log is kept. Default 30.",
  BELLHOP_HOLD_DAYS: "Days a notification may be held. Default 7.",
  BELLHOP_ITEM_BYTES_MAX: `Bytes of an item. Default ${itemBytesDefault}, at most ${itemBytesMost}.`,
  BELLHOP_USER_AGENT: "The User-Agent of notifications.",
  METRICS_PORT: "Serves /metrics without a key, on loopback.",
  LOG_LEVEL: `One of ${logLevels.join(", ")}. Default info.`,
};

export type ConfigRead = { ok: true; config: Config } | { ok: false; mistakes: string[] };

export function readConfig(environment: Record<string, string | undefined> = process.env, cwd: string = process.cwd()): ConfigRead {
  const mistakes: string[] = [];
  const text = (name: string): string | null => environment[name]?.trim() || null;
  const number = (name: string, min: number, max: number, unset: number): number => {
    const value = text(name);
    if (value === null) return unset;
    const parsed = Number(value);
    if (Number.isInteger(parsed) && parsed >= min && parsed <= max) return parsed;
    mistakes.push(`${name} must be a whole number from ${min} to ${max}, not "${value}".`);
    return unset;
  };
  const list = (name: string): string[] =>
    (environment[name] ?? "")
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== "");
  const oneOf = <T extends string>(name: string, values: readonly T[], unset: T): T => {
    const value = text(name);
    if (value === null || values.includes(value as T)) return (value as T) ?? unset;
    mistakes.push(`${name} must be one of ${values.join(", ")}, not "${value}".`);
    return unset;
  };
  for (const name of Object.keys(environment)) {
    if (name.startsWith("BELLHOP_") && !(name in settings) && !internal.has(name))
      mistakes.push(`${name} is not a setting; known are ${Object.keys(settings).join(", ")}.`);
  }
  const holdDays = number("BELLHOP_HOLD_DAYS", 1, 50, 7);
  const retentionDays = number("BELLHOP_RETENTION_DAYS", 1, 60, Math.max(30, holdDays + retentionBeyondHoldDays));
  if (retentionDays < holdDays + retentionBeyondHoldDays)
    mistakes.push(`BELLHOP_RETENTION_DAYS must be at least BELLHOP_HOLD_DAYS + ${retentionBeyondHoldDays}.`);
  const allowNetworks = environment["BELLHOP_ALLOW_NETWORKS"] === undefined ? null : list("BELLHOP_ALLOW_NETWORKS");
  for (const network of allowNetworks ?? [])
    if (!isCidr(network)) mistakes.push(`BELLHOP_ALLOW_NETWORKS has "${network}", which is not a CIDR such as 10.1.0.0/16.`);
  const config: Config = {
    port: text("PORT") === null ? null : number("PORT", 0, 65_535, portDefault),
    host: text("HOST") ?? "127.0.0.1",
    publicUrl: readUrl(text("PUBLIC_URL"), mistakes),
    databaseUrl: readDatabaseUrl(text("DATABASE_URL"), mistakes),
    dataDir: resolve(cwd, text("BELLHOP_DATA_DIR") ?? "data"),
    adminKey: readAdminKey(text("BELLHOP_ADMIN_KEY"), mistakes),
    encryptionKey: readEncryptionKey(text("BELLHOP_ENCRYPTION_KEY"), mistakes),
    catalogue: text("BELLHOP_CATALOGUE") ?? "intercom",
    regions: readRegions(text("BELLHOP_REGIONS"), mistakes),
    allowHttp: oneOf("BELLHOP_ALLOW_HTTP", ["true", "false"], "false") === "true",
    allowNetworks,
    allowHosts: readHosts(list("BELLHOP_ALLOW_HOSTS"), mistakes),
    retentionDays,
    holdDays,
    itemBytesMax: number("BELLHOP_ITEM_BYTES_MAX", 1_024, itemBytesMost, itemBytesDefault),
    userAgent: readUserAgent(text("BELLHOP_USER_AGENT"), mistakes),
    metricsPort: text("METRICS_PORT") === null ? null : number("METRICS_PORT", 0, 65_535, 0),
    logLevel: oneOf("LOG_LEVEL", logLevels, "info"),
  };
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, config };
}

/** Set by the bootstrap for itself and for tests; not settings. */
const internal = new Set(["BELLHOP_NO_BOOTSTRAP", "BELLHOP_TEST_POSTGRES", "BELLHOP_PARENT_PID"]);

/** http and loopback receivers are allowed only while nothing says that this is more than somebody's own machine. */
export function isLocalMode(config: Config): boolean {
  return config.databaseUrl === null && config.allowNetworks === null && isLoopback(config);
}

/** Nobody but this machine can reach it. */
export function isLoopback({ host }: Config): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function isCidr(text: string): boolean {
  const [address = "", prefix = "", more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more !== undefined || !/^\d{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 6 ? "ipv6" : "ipv4");
    return true;
  } catch {
    return false;
  }
}

function readHosts(hosts: string[], mistakes: string[]): string[] {
  for (const host of hosts) {
    const right = host.length <= 253 && isIP(host) === 0 && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/i.test(host);
    if (!right) mistakes.push(`BELLHOP_ALLOW_HOSTS has "${host}", which is not a host name such as hooks.example.com.`);
  }
  return hosts;
}

/** What a header's value may have, so that it cannot fail each request. */
function readUserAgent(value: string | null, mistakes: string[]): string | null {
  if (value === null || (value.length <= userAgentCharactersMax && /^[\x20-\x7e\xa0-\xff]+$/.test(value))) return value;
  mistakes.push(`BELLHOP_USER_AGENT must have at most ${userAgentCharactersMax} characters, all visible ones of Latin-1.`);
  return null;
}

function readUrl(value: string | null, mistakes: string[]): string | null {
  if (value === null) return null;
  // It is a part of the User-Agent.
  const isPlain = value.length <= publicUrlCharactersMax && /^[\x21-\x7e]+$/.test(value);
  if (isPlain && URL.canParse(value) && /^https?:/.test(value)) return value.replace(/\/+$/, "");
  mistakes.push(`PUBLIC_URL must be an http or https URL in ASCII of at most ${publicUrlCharactersMax} characters, not "${value}".`);
  return null;
}

function readDatabaseUrl(value: string | null, mistakes: string[]): string | null {
  if (value === null || /^postgres(ql)?:\/\//.test(value)) return value;
  mistakes.push("DATABASE_URL must start with postgres:// or postgresql://.");
  return null;
}

function readAdminKey(value: string | null, mistakes: string[]): string | null {
  if (value === null || /^\S{20,200}$/.test(value)) return value;
  mistakes.push("BELLHOP_ADMIN_KEY must have 20 to 200 characters and no white space.");
  return null;
}

function readEncryptionKey(value: string | null, mistakes: string[]): Buffer | null {
  if (value === null) return null;
  const bytes = /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, "hex") : Buffer.from(value, "base64");
  if (bytes.length === 32) return bytes;
  mistakes.push("BELLHOP_ENCRYPTION_KEY must be 32 bytes in base64 or hex; `openssl rand -base64 32` makes one.");
  return null;
}

/** Unless configured: how many events a minute of a workspace in that region go first. */
export function eventsPerMinuteIn(region: string): number {
  return region === "us" ? 150_000 : 20_000;
}

const regionsExample = '{"us": {"egress": ["203.0.113.7/32"], "events_per_minute": 150000}}';

function readRegions(value: string | null, mistakes: string[]): ReadonlyMap<string, Region> {
  const unset = new Map(regionsDefault.map((name) => [name, regionFrom(name, {})]));
  if (value === null) return unset;
  const given = parseObject(value);
  const entries = Object.entries(given ?? {});
  const found = entries.length === 0 ? ["must be a JSON object that names a region"] : entries.flatMap(regionMistakes);
  if (found.length === 0) return new Map(entries.map(([name, region]) => [name, regionFrom(name, region as RegionJson)]));
  mistakes.push(`BELLHOP_REGIONS ${found.join("; ")}. Right is, for example, ${regionsExample}.`);
  return unset;
}

type RegionJson = { egress?: string[]; events_per_minute?: number };

function regionFrom(name: string, { egress, events_per_minute: eventsPerMinute }: RegionJson): Region {
  return { egress: egress ?? [], eventsPerMinute: eventsPerMinute ?? eventsPerMinuteIn(name) };
}

function regionMistakes([name, region]: [string, unknown]): string[] {
  if (!/^[a-z0-9-]{1,20}$/.test(name)) return [`has "${name}", which is not a name of 1 to 20 lower-case letters, digits and hyphens`];
  if (!isObject(region)) return [`has "${name}", which is not an object`];
  const { egress = [], events_per_minute: count = 0, ...unknown } = region;
  const isEgress = Array.isArray(egress) && egress.every((each) => typeof each === "string" && isCidr(each));
  const isCount = typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= eventsPerMinuteMost;
  return [
    ...(isEgress ? [] : [`has "${name}" with an egress that is not a list of CIDRs`]),
    ...(isCount ? [] : [`has "${name}" with events_per_minute that is not a whole number from 0 to ${eventsPerMinuteMost}`]),
    ...Object.keys(unknown).map((field) => `has "${name}" with the unknown field "${field}"`),
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
