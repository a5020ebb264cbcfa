// One subscription: does its endpoint get what it should? State first, then what is sent there and how.
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import type { Answer } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Id } from "../../parts/copy.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { SendingState } from "../../parts/status.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { heldText } from "./held-text.ts";
import { Lasting } from "./lasting.tsx";
import { PauseDialog } from "./pause-dialog.tsx";
import { SetLiveDialog } from "./set-live-dialog.tsx";
import { StateBanners } from "./state-banners.tsx";
import { StateHistory } from "./state-history.tsx";
import { subscriptionRoutesRead } from "./subscription-routes.ts";
import { SubscriptionFacts } from "./subscription-facts.tsx";
import { TestRequest } from "./test-request.tsx";
import { TopicRows } from "./topic-rows.tsx";
import type { Topics } from "./use-topics.ts";

type PanelProps = {
  readonly app: Answer<"readApp">;
  readonly topics: Topics;
  readonly subscription: SubscriptionView;
  /** The topic of the test request that is open. */
  readonly test: string | undefined;
};

type Dialogs = "live" | "pause" | "delete" | null;

export function SubscriptionPanel({ app, topics, subscription, test }: PanelProps) {
  const [dialog, setDialog] = useState<Dialogs>(null);
  const navigate = useNavigate({ from: "/apps/$app/webhooks" });
  const { id } = subscription;
  const close = (): void => setDialog(null);
  const openTest = (topic: string | undefined): void =>
    void navigate({ search: (old) => ({ ...old, test: topic }), replace: test !== undefined });
  const edit = (): void => void navigate({ search: (old) => ({ ...old, subscription: id, edit: "1" }) });
  useShortcuts("Webhooks", {
    e: { does: "Edit the subscription", run: edit },
    t: { does: "Send a test request", run: () => openTest("ping") },
  });
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <Head subscription={subscription} onEdit={edit} onTest={() => openTest("ping")} onDialog={setDialog} />
      <StateBanners subscription={subscription} topics={topics} onSetLive={() => setDialog("live")} onEdit={edit} />
      {test !== undefined && (
        <TestRequest
          key={id}
          subscription={subscription}
          version={app.api_version}
          topics={topics}
          topic={test}
          onTopic={openTest}
          onClose={() => openTest(undefined)}
        />
      )}
      <SubscriptionTopics app={app} topics={topics} subscription={subscription} />
      <SubscriptionFacts subscription={subscription} />
      <StateHistory key={id} app={app.id} sub={id} />
      <SetLiveDialog subscription={subscription} open={dialog === "live"} onClose={close} />
      <PauseDialog subscription={subscription} open={dialog === "pause"} onClose={close} />
      <DeleteDialog subscription={subscription} open={dialog === "delete"} onClose={close} />
    </div>
  );
}

type HeadProps = {
  readonly subscription: SubscriptionView;
  readonly onEdit: () => void;
  readonly onTest: () => void;
  readonly onDialog: (dialog: Dialogs) => void;
};

function Head({ subscription, onEdit, onTest, onDialog }: HeadProps) {
  const { id, app, name, url, state, state_since } = subscription;
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-80">
        <h2 className="line-clamp-2 text-xl font-semibold wrap-anywhere" title={name ?? url}>
          {name ?? url}
        </h2>
        {name !== null && (
          <p className="line-clamp-2 font-mono text-sm wrap-anywhere text-ink-2" title={url}>
            {url}
          </p>
        )}
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1">
          <SendingState of={subscription} />
          <span className="text-ink-3">
            <Lasting since={state_since} />
          </span>
          <Id id={id} />
          <Link
            to="/apps/$app/deliveries"
            params={{ app }}
            search={{ q: `subscription:${id}` }}
            className="text-sm underline underline-offset-2"
          >
            Deliveries
          </Link>
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onTest}>Send a test request</Button>
        {(state === "live" || state === "throttled") && <Button onClick={() => onDialog("pause")}>Pause</Button>}
        <Button variant="primary" onClick={onEdit}>
          Edit
        </Button>
        <Menu label="More">
          <MenuItem danger onChoose={() => onDialog("delete")}>
            Delete the subscription
          </MenuItem>
        </Menu>
      </div>
    </div>
  );
}

/** Switching saves at once and can be taken back at once; nothing is asked of the endpoint for it. */
function SubscriptionTopics({ app, topics, subscription }: Pick<PanelProps, "app" | "topics" | "subscription">) {
  const toast = useToast();
  const change = useCommand("changeSubscription", subscriptionRoutesRead);
  const off = (change.isPending ? change.variables.body?.topics_off : undefined) ?? subscription.topics_off;
  const params = { id: app.id, sub: subscription.id };
  const switchTo = (topics_off: readonly string[], done: () => void): void =>
    change.mutate({ params, query: { verify: false }, body: { topics_off: [...topics_off] } }, { onSuccess: done });
  const flip = (name: string, on: boolean): void => {
    const next = on ? off.filter((each) => each !== name) : [...off, name];
    const before = off;
    switchTo(next, () => toast(`${name} is ${on ? "on" : "off"}.`, { label: "Undo", run: () => switchTo(before, () => undefined) }));
  };
  return (
    <Section title="Topics" about={`What is sent there, in API version ${app.api_version}.`}>
      <div className="flex flex-col gap-3">
        <ProblemBanner error={change.error} />
        <TopicRows app={app.id} topics={topics} chosen={subscription.topics} off={off} permissions={app.permissions} onSwitch={flip} />
      </div>
    </Section>
  );
}

type DeleteProps = { readonly subscription: SubscriptionView; readonly open: boolean; readonly onClose: () => void };

function DeleteDialog({ subscription: { app, id, url, held }, open, onClose }: DeleteProps) {
  const navigate = useNavigate({ from: "/apps/$app/webhooks" });
  const remove = useCommand("deleteSubscription", ["listSubscriptions"], () => {
    onClose();
    void navigate({ search: {} });
  });
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title="Delete the subscription"
      action="Delete subscription"
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ params: { id: app, sub: id } })}
    >
      <p className="font-mono text-sm wrap-anywhere">{url}</p>
      <p>
        Nothing is sent there any more, and what waits ends undelivered. {held && held.count > 0 && `${heldText(held)} held. `}This cannot
        be taken back.
      </p>
      <ProblemBanner error={remove.error} />
    </Confirm>
  );
}
