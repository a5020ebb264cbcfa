// What sends, for whoever sends: notifications, pings, checks of a URL. One address policy, one pool of connections.
import { isLocalMode } from "./config.ts";
import type { Config } from "./config.ts";
import { compilePolicy } from "./deliver/address.ts";
import type { AddressRules } from "./deliver/address.ts";
import { CachedResolver } from "./deliver/resolver.ts";
import type { Lookup } from "./deliver/resolver.ts";
import { Sender } from "./deliver/sender.ts";
import { version } from "./version.ts";

export type SendingOptions = {
  readonly config: Config;
  /** Ports of ours that notifications must never be sent to. */
  readonly ownPorts: readonly number[];
  /** This machine's clock. */
  readonly wallMs: () => number;
  /** Asks for a host's addresses. */
  readonly lookup: (host: string) => Promise<Lookup>;
};

export type Sending = { readonly sender: Sender; readonly userAgent: string; readonly rules: AddressRules };

export function createSending(options: SendingOptions, trouble: (message: string, error: unknown) => void): Sending {
  const { config } = options;
  const rules = compilePolicy(addressPolicy(config, options.ownPorts));
  return { sender: createSender(rules, options, trouble), userAgent: config.userAgent ?? userAgentFor(config.publicUrl), rules };
}

function createSender(
  rules: AddressRules,
  { wallMs, lookup }: Pick<SendingOptions, "wallMs" | "lookup">,
  trouble: (message: string, error: unknown) => void,
): Sender {
  const monotonicMs = (): number => performance.now();
  return new Sender({
    rules,
    resolver: new CachedResolver(lookup, monotonicMs),
    clock: { wallMs, monotonicMs },
    report: (cause) => trouble("an attempt failed inside Bellhop", cause),
  });
}

function addressPolicy(config: Config, ownPorts: readonly number[]): Parameters<typeof compilePolicy>[0] {
  return {
    allowHttp: config.allowHttp,
    allowNetworks: config.allowNetworks ?? [],
    allowHosts: config.allowHosts,
    local: isLocalMode(config),
    ownPorts,
    ownHosts: config.publicUrl === null ? [] : [new URL(config.publicUrl).hostname],
    ownAddresses: [],
    nat64: "deny",
  };
}

function userAgentFor(publicUrl: string | null): string {
  return publicUrl === null ? `Bellhop/${version}` : `Bellhop/${version} (+${publicUrl})`;
}
