// How the tests send: a sender that may reach loopback and trusts the test authority, and an exchange with usual values.

import { compilePolicy } from "../../server/src/deliver/address.ts";
import type { AddressPolicy } from "../../server/src/deliver/address.ts";
import type { Exchange } from "../../server/src/deliver/answer.ts";
import { Sender } from "../../server/src/deliver/sender.ts";
import type { SenderOptions } from "../../server/src/deliver/sender.ts";
import { authority } from "./receiver.ts";

export const clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

export const localPolicy: AddressPolicy = {
  allowHttp: true,
  allowNetworks: [],
  allowHosts: [],
  local: true,
  ownPorts: [],
  ownHosts: [],
  ownAddresses: [],
  nat64: "deny",
};

export function localSender(options: Partial<SenderOptions> = {}): Sender {
  return new Sender({
    rules: compilePolicy(localPolicy),
    resolver: { resolve: () => Promise.resolve({ addresses: ["127.0.0.1"] }) },
    clock,
    ca: authority,
    ...options,
  });
}

export function exchangeTo(url: string, changes: Partial<Exchange> = {}): Exchange {
  return {
    pool: "sub_1",
    connections: 2,
    method: "POST",
    url,
    headers: ["content-type", "application/json"],
    body: Buffer.from('{"type":"notification_event"}'),
    timeoutMs: 600,
    ...changes,
  };
}
