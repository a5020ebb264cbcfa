// Wires what managing needs of delivering: a subscription's URL, headers and secrets are judged, and its pings written,
// signed and sent, by the very parts that deliver its notifications.
import type { AddressRules } from "./deliver/address.ts";
import { checkUrl } from "./deliver/address-url.ts";
import { checkHeaders } from "./deliver/request-headers.ts";
import { prepare, preparePing } from "./deliver/request.ts";
import type { Sender } from "./deliver/sender.ts";
import { bodySignature } from "./deliver/sign.ts";
import { clientSecretKey, parseSigningSecret } from "./deliver/sign-secret.ts";
import { signingKeys } from "./deliver/target.ts";
import type { Delivery } from "./manage/ping-delivery.ts";

export function createChecking(parts: { sender: Sender; rules: AddressRules; userAgent: string }): Delivery {
  return {
    userAgent: parts.userAgent,
    checkUrl: (url) => checkUrl(url, parts.rules),
    checkHeaders,
    clientSecretKey,
    bodySignature,
    parseSigningSecret,
    // Asked for by people, a few times a day: nothing is worth keeping.
    signingKeys: (subscription, secrets, nowMs) => signingKeys(new WeakMap(), subscription, secrets, nowMs),
    prepare,
    preparePing,
    send: (request) => parts.sender.send(request),
  };
}
