import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Time } from "../../parts/time.tsx";
import { useToast } from "../../parts/toast.tsx";
import { heldText } from "./held-text.ts";
import { subscriptionRoutesRead } from "./subscription-routes.ts";

type Props = { readonly subscription: SubscriptionView; readonly open: boolean; readonly onClose: () => void };

/** Says how many are held before anything is sent, and asks what becomes of them. */
export function SetLiveDialog({ subscription, open, onClose }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title="Set live">
      {open && <Question subscription={subscription} onClose={onClose} />}
    </Dialog>
  );
}

function Question({ subscription, onClose }: Omit<Props, "open">) {
  const { app, id, held } = subscription;
  const toast = useToast();
  const setLive = useCommand("setSubscriptionLive", subscriptionRoutesRead, () => {
    onClose();
    toast("The subscription is live.");
  });
  const choose = (what: "send" | "discard"): void => setLive.mutate({ params: { id: app, sub: id }, body: { held: what } });
  const chosen = setLive.isPending ? setLive.variables.body?.held : undefined;
  const none = held !== null && held.count === 0;
  return (
    <>
      <ProblemBanner error={setLive.error} />
      {none ? (
        <p>Nothing is held. What happens from now on is sent as it happens.</p>
      ) : (
        <div className="flex flex-col gap-2">
          <p className="text-lg font-semibold">{heldText(held)} held for this endpoint.</p>
          <p className="text-ink-2">
            Sent, they follow behind what is new, slowly at first and faster as the endpoint accepts them. Discarded, they end undelivered
            and can still be replayed while they are kept.
          </p>
          {held?.oldest_held_ends_at && (
            <p className="text-ink-2">
              The oldest of them ends undelivered <Time at={held.oldest_held_ends_at} />, unless it is sent before.
            </p>
          )}
        </div>
      )}
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        {!none && (
          <Button variant="danger" busy={chosen === "discard"} disabled={chosen === "send"} onClick={() => choose("discard")}>
            Set live and discard them
          </Button>
        )}
        <Button variant="primary" busy={chosen === "send"} disabled={chosen === "discard"} onClick={() => choose("send")}>
          {none ? "Set live" : "Set live and send them"}
        </Button>
      </DialogButtons>
    </>
  );
}
