// The client secret, and its rotation: for a while two are live, so that a receiver can change over without missing anything.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { RotateSecret } from "./rotate-secret.tsx";
import { SecretCard } from "./secret-card.tsx";

export type Secret = Answer<"listSecrets">["data"][number];

/** Looked for again a little after the end, by when it is no longer live. */
const afterEndMs = 500;

/** Read again when the old one ends. */
export function useSecrets(app: string) {
  return useQuery({
    ...ask("listSecrets", { params: { id: app } }),
    refetchInterval: ({ state }) => {
      const ends = state.data?.data.flatMap(({ ends_at }) => (ends_at === null ? [] : [Date.parse(ends_at)])) ?? [];
      return ends.length > 0 && Math.max(afterEndMs, Math.min(...ends) - Date.now() + afterEndMs);
    },
  });
}

export function Secrets({ app }: { readonly app: string }) {
  const secrets = useSecrets(app);
  const [isRotating, setRotating] = useState(false);
  const isOverlapping = (secrets.data?.data.length ?? 0) > 1;
  return (
    <Section
      title="Client secret"
      about="Your receiver checks each request’s signature with it. Keep it where only the receiver can read it."
      actions={<Button onClick={() => setRotating(true)}>Rotate the secret …</Button>}
    >
      <Loaded of={secrets}>
        {({ data }) => (
          <div className="flex flex-col gap-4">
            {isOverlapping && <Overlap app={app} />}
            <div className={`grid grid-cols-1 gap-3 ${isOverlapping ? "md:grid-cols-2" : ""}`}>
              {data.map((secret, index) => (
                <SecretCard
                  key={secret.number}
                  secret={secret}
                  name={isOverlapping ? (index === 0 ? "New secret" : "Old secret") : "Live secret"}
                />
              ))}
            </div>
            <Headers />
          </div>
        )}
      </Loaded>
      <RotateSecret app={app} open={isRotating} isOverlapping={isOverlapping} onClose={() => setRotating(false)} />
    </Section>
  );
}

function Overlap({ app }: { readonly app: string }) {
  const [isAsking, setAsking] = useState(false);
  const toast = useToast();
  const use = useCommand("useNewSecret", ["listSecrets"], () => toast("Only the new secret signs now"));
  return (
    <>
      <Banner
        tone="warn"
        title="Two secrets are live"
        actions={
          <Button variant="primary" onClick={() => setAsking(true)}>
            Use the new secret now
          </Button>
        }
      >
        Give your receiver the new secret; once it has it, end the overlap here, or let it end by itself.
      </Banner>
      <ProblemBanner error={use.error} />
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => use.mutate({ params: { id: app } }, { onSettled: () => setAsking(false) })}
        busy={use.isPending}
        title="Use the new secret now?"
        action="Use the new secret"
      >
        From the next request on both headers are signed with the new secret alone. A receiver that knows only the old one takes them for
        forged.
      </Confirm>
    </>
  );
}

function Headers() {
  return (
    <dl className="grid gap-x-6 gap-y-2 border-t border-line pt-4 text-ink-2 sm:grid-cols-[max-content_1fr]">
      <dt className="font-mono text-sm text-ink">X-Hub-Signature</dt>
      <dd>One signature, always of one secret: while two are live it is the old one’s, since deployed receivers know only that.</dd>
      <dt className="font-mono text-sm text-ink">webhook-signature</dt>
      <dd>One signature for each live secret, the newest first: a receiver that knows either of them accepts the request.</dd>
    </dl>
  );
}
