// One notification beside the list. On a phone it lies over it.
import { Link } from "@tanstack/react-router";
import { Button, buttonLook } from "../../parts/button.tsx";
import { Id } from "../../parts/copy.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { Actions } from "./actions.tsx";
import { Lead } from "./lead.tsx";
import { NotificationDetail, stepAttempt } from "./notification-detail.tsx";
import { useNotification } from "./use-notification.ts";

type Changes = { readonly attempt?: string | undefined; readonly compare?: string | undefined };

type PanelProps = {
  readonly id: string;
  readonly attempt: string | undefined;
  readonly compare: string | undefined;
  readonly onChange: (changes: Changes) => void;
  readonly onClose: () => void;
};

export function NotificationPanel({ id, attempt, compare, onChange, onClose }: PanelProps) {
  const { notification, attempts } = useNotification(id);
  const step = (by: number): void => onChange({ attempt: stepAttempt(attempts.data?.data, attempt, by), compare: undefined });
  useShortcuts("The notification that is open", {
    "[": { does: "Attempt before", run: () => step(-1) },
    "]": { does: "Next attempt", run: () => step(1) },
  });
  return (
    <aside
      aria-label="Notification"
      className="fixed inset-0 z-30 flex flex-col overflow-y-auto overscroll-contain bg-surface lg:relative lg:z-0 lg:w-[54%] lg:max-w-3xl lg:shrink-0 lg:rounded-[10px] lg:border lg:border-line"
    >
      <div className="sticky top-0 z-10 flex items-center gap-3 border-b border-line bg-surface px-4 py-2">
        <Id id={id} short />
        <span className="ml-auto flex gap-2">
          <Link to="/notifications/$id" params={{ id }} search={{ attempt, compare }} className={buttonLook("quiet", true)}>
            Open as a page
          </Link>
          <Button small onClick={onClose}>
            Close
          </Button>
        </span>
      </div>
      <div className="flex flex-col gap-4 p-4">
        <Loaded of={notification}>
          {(found) => (
            <>
              <div>
                <h2 className="text-xl font-semibold tracking-tight">{found.topic}</h2>
                <Lead notification={found} />
              </div>
              <div className="flex flex-wrap gap-2">
                <Actions notification={found} attempts={attempts.data?.data ?? []} chosen={attempt} />
              </div>
              <NotificationDetail notification={found} attempts={attempts} attempt={attempt} compare={compare} onChange={onChange} narrow />
            </>
          )}
        </Loaded>
      </div>
    </aside>
  );
}
