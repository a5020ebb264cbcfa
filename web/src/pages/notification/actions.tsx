// What can be done with a notification: send it again, end it, take its request elsewhere.
import { useState } from "react";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { useCopy } from "../../parts/copy.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { asCurl, asFetch } from "./copy-as.ts";
import { chosenAttempt } from "./notification-detail.tsx";
import type { Attempt, Notification } from "./use-notification.ts";

type ActionsProps = {
  readonly notification: Notification;
  readonly attempts: readonly Attempt[];
  /** The attempt that is shown, as the URL has it. */
  readonly chosen: string | undefined;
};

type Asking = "replay" | "cancel" | null;
const changed = ["getNotification", "listAttempts", "listNotifications", "getStatistics"] as const;

export function Actions({ notification, attempts, chosen }: ActionsProps) {
  const [asking, setAsking] = useState<Asking>(null);
  const toast = useToast();
  const done = (message: string) => (): void => {
    setAsking(null);
    toast(message);
  };
  const replay = useCommand("replayNotification", changed, done("It is sent again. What comes of it appears here."));
  const cancel = useCommand("cancelNotification", changed, done("The notification is canceled."));
  const input = { params: { id: notification.id } };
  const isOpen = ["waiting", "retrying", "held"].includes(notification.status);
  return (
    <>
      <Button variant="primary" onClick={() => setAsking("replay")}>
        Replay
      </Button>
      {isOpen && (
        <Button variant="danger" onClick={() => setAsking("cancel")}>
          Cancel it
        </Button>
      )}
      <CopyMenu attempt={chosenAttempt(attempts, chosen)} />
      <Confirm
        open={asking === "replay"}
        onClose={() => setAsking(null)}
        title="Replay this notification?"
        action="Replay"
        danger={false}
        busy={replay.isPending}
        onConfirm={() => replay.mutate(input)}
      >
        <ReplayWords status={notification.status} />
        <ProblemBanner error={replay.error} />
      </Confirm>
      <Confirm
        open={asking === "cancel"}
        onClose={() => setAsking(null)}
        title="Cancel this notification?"
        action="Cancel the notification"
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate(input)}
      >
        <p>It ends undelivered. A request that is under way is finished; nothing is sent after that. It can be replayed later.</p>
        <ProblemBanner error={cancel.error} />
      </Confirm>
    </>
  );
}

function ReplayWords({ status }: { readonly status: Notification["status"] }) {
  return (
    <>
      <p>
        It is the next attempt of the same notification, with the same id, to the subscription as it is now: its URL, its secret, its
        headers.
      </p>
      {status === "delivered" ? (
        <p>
          The endpoint has taken it before. A receiver that de-duplicates on the id skips it; any other processes it a second time. One
          request is made, and the notification stays delivered whatever the answer.
        </p>
      ) : (
        <p>
          A receiver that de-duplicates on the id processes it, unless it took an earlier attempt without saying so. Its retry policy starts
          anew.
        </p>
      )}
    </>
  );
}

function CopyMenu({ attempt }: { readonly attempt: Attempt | undefined }) {
  const { copied, copy } = useCopy();
  const request = attempt?.request;
  if (!request) return null;
  return (
    <Menu label={copied ? "Copied" : "Copy request"}>
      <MenuItem onChoose={() => copy(asCurl(request))}>As curl</MenuItem>
      <MenuItem onChoose={() => copy(asFetch(request))}>As code (fetch)</MenuItem>
      <MenuItem onChoose={() => copy(request.body)}>Body</MenuItem>
    </Menu>
  );
}
