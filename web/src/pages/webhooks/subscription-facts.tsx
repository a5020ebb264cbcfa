import type { ReactNode } from "react";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { attemptFailed } from "@bellhop/contract/reasons";
import { Fact, Facts, Section } from "../../parts/page.tsx";
import { Dot } from "../../parts/status.tsx";
import { Time } from "../../parts/time.tsx";
import { policyText } from "./policy-text.ts";

/** How requests are sent, signed and repeated. */
export function SubscriptionFacts({ subscription }: { readonly subscription: SubscriptionView }) {
  const { policy, timeout_ms, max_in_flight, ordered, signatures, has_signing_secret, headers, created_at } = subscription;
  const names = Object.keys(headers);
  return (
    <Section title="How it is sent">
      <Facts>
        <Fact name="Daily ping">
          <LastPing ping={subscription.last_ping} />
        </Fact>
        <Fact name="Retries">
          <span className="font-medium">{typeof policy === "string" ? policy : "own waits"}</span>: {policyText(policy)}
        </Fact>
        <Fact name="Time to answer">{timeout_ms / 1_000} s</Fact>
        <Fact name="Requests at a time">at most {max_in_flight}</Fact>
        <Fact name="Order">{ordered ? "one at a time for each ordering_key" : "not kept"}</Fact>
        <Fact name="Signatures">
          {signatures.map((name) => (name === "x-hub-signature" ? "X-Hub-Signature" : "Standard Webhooks")).join(" and ")}
          {has_signing_secret && ", the latter with a secret of this subscription’s own"}
        </Fact>
        <Fact name="Own headers">
          {names.length === 0 ? (
            <Quiet>none</Quiet>
          ) : (
            <ul className="font-mono text-sm">
              {names.map((name) => (
                <li key={name}>
                  {name}: <span aria-hidden>••••••••</span>
                  <span className="sr-only">stored, not shown</span>
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact name="Made">
          <Time at={created_at} />
        </Fact>
      </Facts>
    </Section>
  );
}

const Quiet = ({ children }: { readonly children: ReactNode }) => <span className="text-ink-3">{children}</span>;

function LastPing({ ping }: { readonly ping: SubscriptionView["last_ping"] }) {
  if (ping === null) return <Quiet>not sent yet; each live subscription gets one a day, at a moment of its own</Quiet>;
  const { at, status, failure } = ping;
  const reason = failure !== null && failure in attemptFailed ? attemptFailed[failure as keyof typeof attemptFailed] : null;
  return (
    <>
      <span className={`inline-flex items-center gap-1.5 font-medium ${failure === null ? "text-delivered" : "text-failed"}`}>
        <Dot shape={failure === null ? "full" : "cross"} />
        {status ?? "no answer"}
      </span>{" "}
      <Time at={at} />
      {reason && (
        <span className="block text-ink-2">
          {reason.sentence} {reason.fix}
        </span>
      )}
    </>
  );
}
