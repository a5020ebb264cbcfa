// A subscription's URL when it is new or changed: allowed by the address policy, then reachable. Any HTTP answer to HEAD
// proves that something is there; no answer refuses the save.
import { attemptFailed } from "@bellhop/contract/reasons";
import type { Exchange } from "@bellhop/contract/exchange";
import type { Mistake } from "@bellhop/contract/problems";
import { fixOfDetail } from "../domain/advice-details.ts";
import { Problem } from "../domain/problem.ts";
import type { Delivery, Outcome } from "./ping-delivery.ts";
import { exchangeView } from "./ping-exchange.ts";

/** What the address policy and the contract have against a URL. */
export function urlMistakes(delivery: Delivery, raw: string | undefined): Mistake[] {
  if (raw === undefined) return [];
  const checked = delivery.checkUrl(raw);
  if (!checked.ok) return [{ pointer: "/url", message: checked.message }];
  if (!raw.includes("#")) return [];
  return [{ pointer: "/url", message: "The URL contains a fragment (#…), which is never sent; remove it." }];
}

type ReachableQuestion = { readonly pool: string; readonly connections: number; readonly url: string; readonly timeoutMs: number };

/** Asks the endpoint for HEAD. Throws where nothing answers; otherwise gives what came back, perhaps with a warning. */
export async function checkReachable(delivery: Delivery, question: ReachableQuestion): Promise<Exchange> {
  const headers = ["User-Agent", delivery.userAgent, "Accept", "application/json"];
  const request = { ...question, method: "HEAD", headers, body: null } as const;
  const outcome = await delivery.send(request);
  if (outcome.status === null) throw unreachable(outcome);
  return { ...exchangeView(request, outcome, []), failure: null, warning: headWarning(outcome.status) };
}

function unreachable({ failure, detail }: Outcome): Problem {
  const { sentence, fix: usual } = attemptFailed[failure ?? "internal"];
  const fix = fixOfDetail(failure ?? "internal", detail) ?? usual;
  const message = [sentence, detail, fix].filter((part) => part !== null).join(" ");
  if (failure === "address_refused") return new Problem("url_refused", message, [{ pointer: "/url", message }]);
  const skip = "Nothing was saved; `?verify=false` saves without asking the endpoint.";
  return new Problem("url_unreachable", `${message} ${skip}`, [{ pointer: "/url", message }]);
}

function headWarning(status: number): string | null {
  if (status < 300) return null;
  if (status < 400) return `HEAD was answered with a redirect (${status}); redirects are never followed, so enter the final URL.`;
  return `HEAD was answered with ${status}: something is there, and the ping tells whether it takes notifications.`;
}
