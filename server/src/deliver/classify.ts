// From what Node, OpenSSL and undici report to a reason of the closed list and a sentence of our own. The libraries' texts
// are not passed on: they name internals, change between versions, and some give advice that is wrong for a receiver's owner.

import type { AttemptFailure } from "@bellhop/contract/reasons";
import { errors } from "undici";
import { shortened } from "../domain/advice-answer.ts";
import { connectDetails, dnsDetails, tlsDetails } from "../domain/advice-details.ts";
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

function redirectDetail(location: string | null): string {
  if (location === null) return "The answer did not say where to.";
  return `It pointed to ${shortened(location)}`;
}

export function classifyResolve(failure: ResolveFailure): Classified {
  return { failure: "dns", detail: dnsDetails[failure].sentence };
}

const connectCodes: Record<string, keyof typeof connectDetails> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EHOSTUNREACH: "no_route_to_host",
  ENETUNREACH: "no_route_to_network",
  ETIMEDOUT: "silent",
};

/** Codes that say that this machine, not the endpoint, could not go on. */
const ownTrouble = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL", "EADDRINUSE", "EACCES", "EPERM"]);

export function classifyConnect(error: Error): Classified {
  const code = codeOf(error);
  if (ownTrouble.has(code)) return { failure: "internal", detail: "Bellhop could not open a connection of its own." };
  return { failure: "connect", detail: connectDetails[connectCodes[code] ?? "other"].sentence };
}

const tlsCodes: Record<string, keyof typeof tlsDetails> = {
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not_yet_valid",
  CERT_REVOKED: "revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "self_signed",
  SELF_SIGNED_CERT_IN_CHAIN: "private_authority",
  UNABLE_TO_GET_ISSUER_CERT: "incomplete_chain",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unknown_issuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "incomplete_chain",
  ERR_TLS_CERT_ALTNAME_INVALID: "other_name",
  ERR_SSL_WRONG_VERSION_NUMBER: "no_tls",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "no_tls",
  ERR_SSL_HTTP_REQUEST: "no_tls",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "too_old",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "too_old",
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: "no_name",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "wants_client_certificate",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "other_protocol",
  ECONNRESET: "closed",
};

/** `certificate`: what was presented in the handshake, described; null where it did not come to that. */
export function classifyTls(error: Error, certificate: string | null = null): Classified {
  const cause = tlsCodes[codeOf(error)];
  const sentence = cause === undefined ? null : tlsDetails[cause].sentence;
  const parts = [sentence, certificate].filter((part) => part !== null);
  return { failure: "tls", detail: parts.length === 0 ? null : parts.join(" ") };
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
