// What is known of a failed attempt beyond its reason: closed lists of sentences, each with the fix that belongs to it. The
// sentence is stored as text at the beginning of an attempt's detail and is found again there, so that what people are
// advised follows this file, not what was written in the past.
import type { AttemptFailure, Reason } from "@bellhop/contract/reasons";

const askDns = "Check the host name in the URL and its DNS records.";

export const dnsDetails = {
  not_found: { sentence: "The host name does not exist.", fix: askDns },
  no_address: { sentence: "The host name exists but has no address.", fix: "Give the host name an A or AAAA record." },
  timeout: { sentence: "The name servers did not answer in time.", fix: "Check that the domain's name servers run and can be reached." },
  server_failure: {
    sentence: "The name servers could not answer.",
    fix: "Check the domain's name servers, its delegation and its DNSSEC.",
  },
} as const satisfies Record<string, Reason>;

const checkFirewall = "Check that the host runs and that its firewall lets Bellhop's addresses in.";

export const connectDetails = {
  refused: {
    sentence: "The connection was refused: nothing listens on that port.",
    fix: "Start the endpoint, or correct the port in the subscription's URL.",
  },
  reset: { sentence: "The connection was reset while it was being made.", fix: checkFirewall },
  no_route_to_host: { sentence: "No route leads to the host.", fix: "Check that the host runs and that its address is the right one." },
  no_route_to_network: {
    sentence: "No route leads to the host's network.",
    fix: "Check that the host's address is the right one; an IPv6 address needs a network that has IPv6.",
  },
  silent: { sentence: "The host did not react to the attempt to connect.", fix: checkFirewall },
  other: { sentence: "The connection could not be made.", fix: checkFirewall },
} as const satisfies Record<string, Reason>;

const serveChain = "Serve the intermediate certificates together with the certificate.";
const offerTls = "Offer TLS 1.2 or newer.";

export const tlsDetails = {
  expired: { sentence: "The certificate has expired.", fix: "Renew the certificate and load it into the server." },
  not_yet_valid: { sentence: "The certificate is not valid yet.", fix: "Serve one that is valid now; check the clock of who issued it." },
  revoked: { sentence: "The certificate has been revoked.", fix: "Have a new certificate issued and serve that." },
  self_signed: { sentence: "The certificate is self-signed.", fix: "Use one from a publicly trusted authority." },
  private_authority: {
    sentence: "The certificate's chain ends in an authority that is not publicly trusted.",
    fix: "Use one from a publicly trusted authority.",
  },
  incomplete_chain: { sentence: "The certificate's chain is incomplete.", fix: serveChain },
  unknown_issuer: {
    sentence: "The certificate's issuer is not publicly trusted, or its intermediate certificates are not served.",
    fix: serveChain,
  },
  other_name: {
    sentence: "The certificate is for another host name.",
    fix: "Serve a certificate for the host name in the subscription's URL, or enter a host name that the certificate is for.",
  },
  no_tls: {
    sentence: "The port does not speak TLS; it may be one for plain http.",
    fix: "Enter the port that speaks TLS, or put a server that does in front of the endpoint.",
  },
  too_old: { sentence: "The endpoint offers only versions of TLS that are too old.", fix: offerTls },
  no_name: {
    sentence: "The endpoint has no certificate for this host name.",
    fix: "Add the host name to the server's certificates, or correct the host name in the subscription's URL.",
  },
  wants_client_certificate: {
    sentence: "The endpoint asks for a client certificate, which Bellhop does not have.",
    fix: "Take requests without a client certificate; their signature says who sent them.",
  },
  other_protocol: {
    sentence: "The endpoint does not take HTTP/1.1 over TLS; it may be one for HTTP/2 only.",
    fix: "Let the server take HTTP/1.1 too, or put one that does in front of the endpoint.",
  },
  closed: {
    sentence: "The connection was closed during the TLS handshake.",
    fix: "Check that the port speaks TLS and that the server has a certificate for the host name.",
  },
} as const satisfies Record<string, Reason>;

/** Where the time of a whole exchange ran out. */
export const timeoutDetails = {
  dns: { sentence: "The name servers did not answer", fix: "Check that the domain's name servers run and can be reached." },
  connect: { sentence: "The host did not react to the attempt to connect", fix: checkFirewall },
  tls: { sentence: "The TLS handshake did not end", fix: "Check the load of the server and that the port speaks TLS." },
  first_byte: {
    sentence: "The request was sent, but no complete answer came",
    fix: "Answer first and do the work afterwards; the subscription's timeout_ms can be raised to 30 seconds.",
  },
  busy: {
    sentence: "No connection to the endpoint became free of earlier requests",
    fix: "Answer first and do the work afterwards; raise the subscription's max_in_flight if the endpoint can take more at once.",
  },
} as const satisfies Record<string, Reason>;

export type TimeoutPhase = keyof typeof timeoutDetails;

export function timeoutDetail(phase: TimeoutPhase, limitMs: number): string {
  return `${timeoutDetails[phase].sentence} within ${limitMs / 1_000} s.`;
}

const details: { readonly [F in AttemptFailure]?: readonly Reason[] } = {
  dns: Object.values(dnsDetails),
  connect: Object.values(connectDetails),
  tls: Object.values(tlsDetails),
  timeout: Object.values(timeoutDetails),
};

/** The fix that belongs to a stored detail; null where the reason's own is the best there is. */
export function fixOfDetail(failure: AttemptFailure, detail: string | null): string | null {
  if (detail === null) return null;
  return details[failure]?.find(({ sentence }) => detail.startsWith(sentence))?.fix ?? null;
}
