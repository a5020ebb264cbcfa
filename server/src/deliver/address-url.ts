// What a receiver's URL must look like before anything is resolved or contacted: the same check when a subscription is
// saved, tested and sent to. The parsed parts are judged, not the text: the URL parser folds every odd spelling of an
// address or a name (octal, hexadecimal, full-width, percent-encoded) into one. In the text only what it drops is sought.

import { isIP } from "node:net";
import { checkAddress, plainName } from "./address.ts";
import type { AddressRule, AddressRules } from "./address.ts";
import { namesRefused, portsBlocked } from "./address-tables.ts";

/** Characters of a receiver's URL, as entered. */
export const URL_CHARACTERS_MAX = 2_048;
/** Bytes of a host name and of one label in it, by RFC 1035. */
const NAME_BYTES_MAX = 253;
const LABEL_BYTES_MAX = 63;
/** Below this, only the two ports of HTTP. */
const UNPRIVILEGED_PORT_MIN = 1_024;

export type UrlRule =
  | "url_too_long"
  | "url_characters"
  | "url_invalid"
  | "scheme_refused"
  | "user_info"
  | "port_refused"
  | "name_refused"
  | "own_host"
  | AddressRule;

/** `url` is what to store and send to: no fragment, no dot at the end of the name. `host` has no brackets. */
export type CheckedUrl = {
  readonly ok: true;
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  /** The host is an address, so nothing is resolved. */
  readonly literal: boolean;
};

export type RefusedUrl = { readonly ok: false; readonly rule: UrlRule; readonly message: string };

/** Also empty, which the parser drops. To it `\` is a slash, and any number of slashes will do. */
const userInfo = /^[^:]*:[\\/]*[^\\/?#]*@/;

export function checkUrl(raw: string, rules: AddressRules): CheckedUrl | RefusedUrl {
  if (raw.length > URL_CHARACTERS_MAX) return refused("url_too_long");
  // The parser would silently drop these.
  if (/[\r\n\t]/.test(raw)) return refused("url_characters");
  const url = URL.parse(raw);
  if (url === null) return refused("url_invalid");
  if (userInfo.test(raw)) return refused("user_info");
  const checked = normalised(url);
  const rule = checkScheme(url, rules) ?? checkPort(checked.port, rules) ?? checkHost(checked.host, checked.port, rules);
  if (rule !== null) return refused(rule, rules);
  return checked;
}

function normalised(url: URL): CheckedUrl {
  url.hash = "";
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1);
  const host = plainName(url.hostname.replace(/^\[|\]$/g, ""));
  const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
  return { ok: true, url, host, port, literal: isIP(host) !== 0 };
}

function checkScheme(url: URL, rules: AddressRules): UrlRule | null {
  if (url.protocol === "https:") return null;
  if (url.protocol === "http:" && (rules.policy.allowHttp || rules.policy.local)) return null;
  return "scheme_refused";
}

function checkPort(port: number, rules: AddressRules): UrlRule | null {
  const { ports } = rules.policy;
  if (ports !== undefined) return ports.includes(port) ? null : "port_refused";
  if (port === 80 || port === 443) return null;
  return port < UNPRIVILEGED_PORT_MIN || portsBlocked.includes(port) ? "port_refused" : null;
}

function checkHost(host: string, port: number, rules: AddressRules): UrlRule | null {
  if (isIP(host) !== 0) {
    const verdict = checkAddress(host, port, rules, "literal");
    return verdict.ok ? null : verdict.rule;
  }
  if (rules.ownHosts.has(host)) return "own_host";
  if (!isWellFormedName(host)) return "name_refused";
  const isListed = rules.allowHosts.has(host);
  if (host === "localhost" && (isListed || rules.policy.local)) return rules.ownPorts.has(port) ? "own_port" : null;
  if (isListed) return null;
  return isInternetName(host) ? null : "name_refused";
}

function isWellFormedName(host: string): boolean {
  return host.length <= NAME_BYTES_MAX && host.split(".").every((label) => label.length <= LABEL_BYTES_MAX && /^[a-z0-9_-]+$/.test(label));
}

function isInternetName(host: string): boolean {
  return host.includes(".") && !namesRefused.some((name) => host === name || host.endsWith(`.${name}`));
}

const messages: Record<UrlRule, string> = {
  url_too_long: `The URL is longer than ${URL_CHARACTERS_MAX} characters; shorten it.`,
  url_characters: "The URL contains a line break or a tab; remove it.",
  url_invalid: "This is not a URL; enter one such as https://hooks.example.com/in.",
  scheme_refused: "The URL must start with https://; serve the endpoint over TLS.",
  user_info: "The URL contains a user name or password; remove it and use a header of the subscription instead.",
  port_refused: "Bellhop does not send to this port; use 443, 80, or one from 1024 on that no other protocol uses.",
  name_refused: "This host name does not exist on the internet; use a full public name, or ask the operator to allow the host.",
  own_host: "This is Bellhop's own host name; enter the address of the receiver.",
  not_an_address: "The host is not an address that Bellhop understands; write it without a zone.",
  metadata_address: "This address is link-local or serves a cloud's credentials, and is never sent to; enter the address of the receiver.",
  own_address: "This is an address of Bellhop itself; enter the address of the receiver.",
  own_port: "Bellhop itself listens on this port; enter the port of the receiver.",
  reserved_address: "This address is not public; use a public address, or ask the operator to allow its network.",
};

function refused(rule: UrlRule, rules?: AddressRules): RefusedUrl {
  if (rule === "port_refused" && rules?.policy.ports !== undefined) {
    return { ok: false, rule, message: `The operator allows only these ports: ${rules.policy.ports.join(", ")}; use one of them.` };
  }
  return { ok: false, rule, message: messages[rule] };
}
