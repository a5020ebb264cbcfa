// From what Node, OpenSSL and undici report to a reason of the closed list and a sentence of our own. The libraries' texts
// are not passed on: they name internals, change between versions, and some give advice that is wrong for a receiver's owner.

import type { AttemptFailure } from "@bellhop/contract/reasons";
import { errors } from "undici";
import type { ResolveFailure } from "./resolver.ts";

/** A failure with a sentence that may be shown; `detail` is null where the reason's own sentence says it all. */
export type Classified = { readonly failure: AttemptFailure; readonly detail: string | null };

/** What a final status means; null: delivered. */
export function classifyStatus(status: number, location: string | null): Classified | null {
  if (status >= 200 && status <= 299) return null;
  if (status >= 300 && status <= 399) return { failure: "redirect_refused", detail: redirectDetail(location) };
  if (status === 410) return { failure: "gone", detail: null };
  if (status === 429) return { failure: "throttled", detail: null };
  return { failure: "status", detail: null };
}

/** Of a redirect's target this many characters are repeated. */
const LOCATION_CHARACTERS_MAX = 300;

function redirectDetail(location: string | null): string {
  if (location === null) return "The answer did not say where to.";
  return `It pointed to ${location.slice(0, LOCATION_CHARACTERS_MAX)}`;
}

const resolveDetails: Record<ResolveFailure, string> = {
  not_found: "The host name does not exist.",
  no_address: "The host name exists but has no address.",
  timeout: "The name servers did not answer in time.",
  server_failure: "The name servers could not answer.",
};

export function classifyResolve(failure: ResolveFailure): Classified {
  return { failure: "dns", detail: resolveDetails[failure] };
}

const connectDetails: Record<string, string> = {
  ECONNREFUSED: "The connection was refused: nothing listens on that port.",
  ECONNRESET: "The connection was reset while it was being made.",
  EHOSTUNREACH: "No route leads to the host.",
  ENETUNREACH: "No route leads to the host's network.",
  ETIMEDOUT: "The host did not react to the attempt to connect.",
};

/** Codes that say that this machine, not the endpoint, could not go on. */
const ownTrouble = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL", "EADDRINUSE", "EACCES", "EPERM"]);

export function classifyConnect(error: Error): Classified {
  const code = codeOf(error);
  if (ownTrouble.has(code)) return { failure: "internal", detail: "Bellhop could not open a connection of its own." };
  return { failure: "connect", detail: connectDetails[code] ?? "The connection could not be made." };
}

const certificateDetails: Record<string, string> = {
  CERT_HAS_EXPIRED: "The certificate has expired.",
  CERT_NOT_YET_VALID: "The certificate is not valid yet.",
  CERT_REVOKED: "The certificate has been revoked.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The certificate is self-signed; use one from a public authority.",
  SELF_SIGNED_CERT_IN_CHAIN: "The certificate's chain ends in an authority that is not publicly trusted.",
  UNABLE_TO_GET_ISSUER_CERT: "The certificate's chain is incomplete; serve the intermediate certificates too.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "The certificate's issuer is not publicly trusted, or its intermediate certificates are not served.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The certificate's chain is incomplete; serve the intermediate certificates too.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The certificate is for another host name.",
  ERR_SSL_WRONG_VERSION_NUMBER: "The port does not speak TLS; it may be one for plain http.",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "The port does not speak TLS; it may be one for plain http.",
  ERR_SSL_HTTP_REQUEST: "The port does not speak TLS; it may be one for plain http.",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "The endpoint offers only versions of TLS that are too old.",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "The endpoint offers only versions of TLS that are too old.",
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: "The endpoint has no certificate for this host name.",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "The endpoint asks for a client certificate, which Bellhop does not have.",
  ECONNRESET: "The connection was closed during the TLS handshake.",
};

export function classifyTls(error: Error): Classified {
  return { failure: "tls", detail: certificateDetails[codeOf(error)] ?? null };
}

const answerDetails: Record<string, string> = {
  UND_ERR_HEADERS_OVERFLOW: "The answer's headers are larger than 16 KiB.",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "The answer's body does not have the length that its headers promise.",
};

const closedCodes = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE", "ECONNABORTED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"]);

/** What went wrong once the request was on its way. */
export function classifyExchange(error: Error): Classified {
  const code = codeOf(error);
  // undici's word for an answer that it did not ask for: a 100 or a 101.
  if (code === "UND_ERR_SOCKET" && error.message.startsWith("bad ")) {
    return { failure: "invalid_answer", detail: "The endpoint answered 100 or 101, which was not asked for." };
  }
  if (closedCodes.has(code)) return { failure: "closed_early", detail: null };
  if (code.startsWith("ERR_SSL_")) return classifyTls(error);
  // Out of range statuses reach us as a failed assertion inside undici.
  if (code === "ERR_ASSERTION") return { failure: "invalid_answer", detail: "The answer's status line is not valid." };
  if (code in answerDetails || error instanceof errors.HTTPParserError) {
    return { failure: "invalid_answer", detail: answerDetails[code] ?? null };
  }
  return { failure: "internal", detail: null };
}

function codeOf(error: Error): string {
  return String((error as NodeJS.ErrnoException).code ?? "");
}
