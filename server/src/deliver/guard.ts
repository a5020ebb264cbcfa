// The guard at the connector: the only place in Bellhop that opens a connection to somebody else's address. A name is
// resolved once, every answer is judged (one that is refused refuses all), the socket goes to one of exactly those
// addresses, and what it is connected to is judged again. SNI and the certificate's name stay the URL's name. Nothing that
// undici does with the name of a URL can lead around this, because undici is only ever handed the finished socket.

import type { Socket } from "node:net";
import { isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import type { SecureContext } from "node:tls";
import { timeoutDetail } from "../domain/advice-details.ts";
import { checkAddress } from "./address.ts";
import type { AddressRules, AddressSource } from "./address.ts";
import type { CheckedUrl } from "./address-url.ts";
import type { Phase } from "./answer.ts";
import { describeCertificate } from "./certificate.ts";
import { classifyConnect, classifyResolve, classifyTls } from "./classify.ts";
import type { Classified } from "./classify.ts";
import { dialFirst } from "./guard-dial.ts";
import type { Dial } from "./guard-dial.ts";
import type { AddressResolver, Resolution } from "./resolver.ts";

/** For a new connection: DNS, TCP and TLS together. */
export const CONNECT_MS_MAX = 5_000;

export type GuardOptions = {
  readonly rules: AddressRules;
  readonly resolver: AddressResolver;
  readonly dial: Dial;
  readonly secureContext: SecureContext;
  readonly monotonicMs: () => number;
};

/** Why there is no connection. An `Error` only because undici passes it on as one; its code is nothing undici acts upon. */
export class ConnectFailed extends Error {
  readonly code = "BELLHOP_CONNECT_FAILED";
  readonly classified: Classified;
  readonly phase: Phase | null;

  constructor(classified: Classified, phase: Phase | null = null, cause?: Error) {
    super(classified.failure, { cause });
    this.classified = classified;
    this.phase = phase;
  }
}

/** One connection being made. Its phase and times can be read at any moment; `cancel` gives it up. */
export class Connecting {
  phase: "dns" | "connect" | "tls" = "dns";
  dnsUs: number | null = null;
  connectUs: number | null = null;
  tlsUs: number | null = null;
  address: string | null = null;
  readonly #target: CheckedUrl;
  readonly #options: GuardOptions;
  readonly #givenUp = new AbortController();

  constructor(target: CheckedUrl, options: GuardOptions) {
    this.#target = target;
    this.#options = options;
  }

  cancel(): void {
    this.#givenUp.abort();
  }

  /** The socket to speak HTTP on, or why there is none. Never rejects. */
  async open(): Promise<Socket | ConnectFailed> {
    const timer = setTimeout(() => this.cancel(), CONNECT_MS_MAX);
    const opened = await this.#open();
    clearTimeout(timer);
    if (!this.#givenUp.signal.aborted) return opened;
    if (!(opened instanceof ConnectFailed)) opened.destroy();
    return timedOut(this.phase);
  }

  async #open(): Promise<Socket | ConnectFailed> {
    const addresses = await this.#vettedAddresses();
    if (addresses instanceof ConnectFailed) return addresses;
    const socket = await this.#connect(addresses);
    if (socket instanceof ConnectFailed || this.#target.url.protocol === "http:") return socket;
    return this.#secure(socket);
  }

  async #vettedAddresses(): Promise<readonly string[] | ConnectFailed> {
    const { host, literal } = this.#target;
    if (literal) return this.#vet([host], "literal");
    const began = this.#options.monotonicMs();
    const resolution = await Promise.race([this.#options.resolver.resolve(host), this.#abandoned()]);
    this.dnsUs = this.#microsecondsSince(began);
    if ("failure" in resolution) return new ConnectFailed(classifyResolve(resolution.failure));
    return this.#vet(resolution.addresses, this.#source());
  }

  #vet(addresses: readonly string[], source: AddressSource): readonly string[] | ConnectFailed {
    if (addresses.length === 0) return new ConnectFailed(classifyResolve("no_address"));
    const { rules } = this.#options;
    const pass = addresses.every((address) => checkAddress(address, this.#target.port, rules, source).ok);
    return pass ? addresses : refused();
  }

  async #connect(addresses: readonly string[]): Promise<Socket | ConnectFailed> {
    this.phase = "connect";
    const began = this.#options.monotonicMs();
    const socket = await dialFirst(addresses, this.#target.port, this.#options.dial, this.#givenUp.signal);
    if (socket instanceof Error) return new ConnectFailed(classifyConnect(socket), null, socket);
    this.connectUs = this.#microsecondsSince(began);
    // Once more, for what no resolver can promise: that the socket is where it was sent.
    const remote = socket.remoteAddress;
    if (remote === undefined || !checkAddress(remote, this.#target.port, this.#options.rules, this.#source()).ok) {
      socket.destroy();
      return remote === undefined ? new ConnectFailed({ failure: "closed_early", detail: null }) : refused();
    }
    this.address = remote;
    return socket;
  }

  /** No session is kept for later: a session of one subscription must never speak for another. */
  async #secure(tcp: Socket): Promise<Socket | ConnectFailed> {
    this.phase = "tls";
    const began = this.#options.monotonicMs();
    const { host } = this.#target;
    const { promise, resolve } = Promise.withResolvers<Socket | ConnectFailed>();
    const socket = connectTls({
      socket: tcp,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      secureContext: this.#options.secureContext,
      ALPNProtocols: ["http/1.1"],
    });
    const giveUp = (): void => resolve(timedOut("tls"));
    this.#givenUp.signal.addEventListener("abort", giveUp);
    // The end of the handshake, before the certificate is judged: once it is refused it can no longer be read.
    let certificate: string | null = null;
    socket.prependOnceListener("secure", () => (certificate = describeCertificate(socket.getPeerCertificate())));
    const fail = (error: Error): void => {
      resolve(new ConnectFailed(classifyTls(error, certificate), null, error));
      // After the handshake Node leaves a connection open whose records are broken: whoever waits on it would wait in vain.
      socket.destroy();
    };
    socket.once("secureConnect", () => resolve(socket)).on("error", fail);
    const result = await promise;
    this.#givenUp.signal.removeEventListener("abort", giveUp);
    if (result instanceof ConnectFailed) socket.destroy();
    else this.tlsUs = this.#microsecondsSince(began);
    return result;
  }

  #source(): AddressSource {
    if (this.#target.literal) return "literal";
    return this.#options.rules.allowHosts.has(this.#target.host) ? "listed_name" : "name";
  }

  /** Only ends the wait for a resolver that does not come back; its answer is then of no interest. */
  #abandoned(): Promise<Resolution> {
    return new Promise((resolve) => {
      this.#givenUp.signal.addEventListener("abort", () => resolve({ failure: "timeout" }), { once: true });
    });
  }

  #microsecondsSince(began: number): number {
    return Math.round((this.#options.monotonicMs() - began) * 1_000);
  }
}

function timedOut(phase: "dns" | "connect" | "tls"): ConnectFailed {
  return new ConnectFailed({ failure: "timeout", detail: timeoutDetail(phase, CONNECT_MS_MAX) }, phase);
}

/** Says neither which address nor which rule: the reason must not become a map of what lies behind the guard. */
function refused(): ConnectFailed {
  return new ConnectFailed({ failure: "address_refused", detail: null });
}
