// Opens a TCP connection to one of several addresses: the first that answers wins, IPv6 before IPv4, the next one started
// when the last has failed or has been silent for a moment ("happy eyeballs"). Only the given addresses are ever contacted:
// they are dialled as addresses, so nothing is resolved again.

import { connect, isIPv6 } from "node:net";
import type { Socket } from "node:net";

/** Starts a connection to an address (never a name). The seam through which tests see what would be contacted. */
export type Dial = (address: string, port: number) => Socket;

/** How long one address may be silent before the next one is tried beside it. */
const STAGGER_MS = 250;
/** A host with more addresses than this has enough of them. */
const ADDRESSES_TRIED_MAX = 8;
const TCP_KEEP_ALIVE_MS = 30_000;

export const dialTcp: Dial = (host, port) =>
  connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS });

/** The connected socket, or the error of the address that failed last. `signal` gives all of them up. */
export function dialFirst(addresses: readonly string[], port: number, dial: Dial, signal: AbortSignal): Promise<Socket | Error> {
  const { promise, resolve } = Promise.withResolvers<Socket | Error>();
  const waiting = alternate(addresses).slice(0, ADDRESSES_TRIED_MAX);
  const open = new Set<Socket>();
  let settled = false;
  let timer: NodeJS.Timeout | undefined;

  const settle = (result: Socket | Error): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
    for (const socket of open) if (socket !== result) socket.destroy();
    resolve(result);
  };
  const giveUp = (): void => settle(new Error("given up"));
  const fail = (socket: Socket, error: Error): void => {
    open.delete(socket);
    if (settled) return;
    if (waiting.length > 0) dialNext();
    else if (open.size === 0) settle(error);
  };
  const dialNext = (): void => {
    clearTimeout(timer);
    const address = waiting.shift();
    if (address === undefined) return;
    const socket = dial(address, port);
    open.add(socket);
    // The listener stays for the life of the socket, so that no late error is ever unhandled.
    socket.on("error", (error) => fail(socket, error)).once("connect", () => settle(socket));
    if (waiting.length > 0) timer = setTimeout(dialNext, STAGGER_MS);
  };

  signal.addEventListener("abort", giveUp);
  if (signal.aborted) giveUp();
  else dialNext();
  return promise;
}

function alternate(addresses: readonly string[]): string[] {
  const ipv6 = addresses.filter((address) => isIPv6(address));
  const ipv4 = addresses.filter((address) => !isIPv6(address));
  const turns = Array.from({ length: Math.max(ipv4.length, ipv6.length) }, (_, turn) => [ipv6[turn], ipv4[turn]]);
  return turns.flat().filter((address) => address !== undefined);
}
