// The form of a subscription, new or changed. A refusal is shown beside its field, and everything typed is kept.
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { ReactNode, RefObject } from "react";
import type { SavedSubscription, SubscriptionView } from "@bellhop/contract/subscriptions";
import { ApiProblem } from "../../api/client.ts";
import type { Answer } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useUnsaved } from "../../parts/unsaved.tsx";
import { useSession } from "../../shell/session.ts";
import { changedBody, draftOf, emptyDraft, isDirty, newBody, waitsMistake } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { HeadersField } from "./form-headers.tsx";
import { SendingFields } from "./form-sending.tsx";
import { SigningFields } from "./form-signing.tsx";
import { subscriptionRoutesRead } from "./subscription-routes.ts";
import { TopicPicker } from "./topic-picker.tsx";
import { TopicRows } from "./topic-rows.tsx";
import { hasSwitchable } from "./use-topics.ts";
import type { Topics } from "./use-topics.ts";

type FormProps = {
  readonly app: Answer<"readApp">;
  readonly topics: Topics;
  /** Null: a new one. */
  readonly subscription: SubscriptionView | null;
  /** The URL to begin a new one with. */
  readonly url?: string;
  readonly onSaved: (saved: SavedSubscription) => void;
  readonly onCancel?: () => void;
};

export function SubscriptionForm({ app, topics, subscription, url = "", onSaved, onCancel }: FormProps) {
  const [before] = useState(() => (subscription ? draftOf(subscription) : emptyDraft(url)));
  const [draft, setDraft] = useState<Draft>(before);
  const topicsRef = useRef<HTMLInputElement>(null);
  const save = useSave(app.id, subscription, onSaved);
  const unsaved = useUnsaved(isDirty(draft, before) && !save.isSuccess, "subscription", "new", "edit");
  const problem = save.error instanceof ApiProblem ? save.error : null;
  // What was said of one URL is not said of another.
  const ofUrl = save.url === draft.url ? problem : null;
  const errorAt = (pointer: string): string | undefined => problem?.at(pointer);
  const change = (part: Partial<Draft>): void => setDraft((old) => ({ ...old, ...part }));
  const submit = (verify: boolean): void => save.run(subscription ? changedBody(draft, before) : newBody(draft), verify);
  const stoppedHere = waitsMistake(draft) !== undefined || draft.signatures.length === 0;
  return (
    <form
      noValidate
      aria-label={subscription ? "Edit the subscription" : "New subscription"}
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!stoppedHere) submit(true);
      }}
    >
      {unsaved}
      <EndpointFields
        draft={draft}
        onChange={change}
        problem={problem}
        ofUrl={ofUrl}
        onSaveAnyway={() => submit(false)}
        busy={save.isPending}
      />
      <TopicFields app={app} topics={topics} draft={draft} onChange={change} problem={problem} inputRef={topicsRef} />
      <More title="Retries and pace" open={subscription !== null || touches(problem, ["/policy", "/timeout_ms", "/max_in_flight"])}>
        <SendingFields draft={draft} onChange={change} errorAt={errorAt} />
      </More>
      <More title="Signatures and headers" open={subscription !== null || touches(problem, ["/signatures", "/signing_secret", "/headers"])}>
        <div className="flex flex-col gap-5">
          <SigningFields draft={draft} hasSecret={before.secret === "kept"} onChange={change} errorAt={errorAt} />
          <HeadersField headers={draft.headers} onChange={(headers) => change({ headers })} error={errorAt("/headers")} />
        </div>
      </More>
      <ProblemBanner error={problem?.at("/url") && problem.mistakes.length === 1 ? null : save.error} />
      {/* Of a new one the way to Save leads past the topics. */}
      <div
        className={`${subscription ? "sticky bottom-0 z-10" : ""} -mx-4 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-surface px-4 py-3`}
      >
        {save.isPending || hasSwitchable(topics, draft.topics) ? (
          <p className="hidden min-w-60 flex-1 text-sm text-ink-3 sm:block">
            {save.isPending ? "Asking the endpoint…" : "Save asks the endpoint with HEAD, then sends a signed ping."}
          </p>
        ) : (
          <p className="min-w-60 flex-1 text-sm text-retrying">
            No topic is chosen: saved like this, the subscription is off, and only pings are sent.{" "}
            <button type="button" className="underline underline-offset-2" onClick={() => topicsRef.current?.focus()}>
              Choose topics
            </button>
          </p>
        )}
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" variant="primary" busy={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

function useSave(app: string, subscription: SubscriptionView | null, onSaved: (saved: SavedSubscription) => void) {
  const create = useCommand("createSubscription", subscriptionRoutesRead, onSaved);
  const change = useCommand("changeSubscription", subscriptionRoutesRead, onSaved);
  const { error, isPending, isSuccess, variables } = subscription ? change : create;
  const run = (body: object, verify: boolean): void => {
    const query = verify ? {} : { verify: false };
    if (subscription) change.mutate({ params: { id: app, sub: subscription.id }, query, body });
    else create.mutate({ params: { id: app }, query, body: body as ReturnType<typeof newBody> });
  };
  return { run, error, isPending, isSuccess, url: variables?.body?.url };
}

const touches = (problem: ApiProblem | null, pointers: readonly string[]): boolean =>
  pointers.some((pointer) => problem?.at(pointer) !== undefined);

type PartProps = { readonly draft: Draft; readonly onChange: (part: Partial<Draft>) => void; readonly problem: ApiProblem | null };

type EndpointProps = PartProps & {
  /** What was said of the URL that is in its field. */
  readonly ofUrl: ApiProblem | null;
  readonly onSaveAnyway: () => void;
  readonly busy: boolean;
};

function EndpointFields({ draft, onChange, problem, ofUrl, onSaveAnyway, busy }: EndpointProps) {
  const { local_mode: local, inbox } = useSession().instance;
  const hint = local
    ? "Bellhop runs in local mode: receivers on this machine and http are allowed."
    : "https, reachable from the source addresses below.";
  return (
    <div className="flex flex-col gap-4">
      <TextField
        label="Endpoint URL"
        type="url"
        inputMode="url"
        required
        className="font-mono text-sm"
        placeholder={local ? "http://localhost:3000/webhooks" : "https://example.com/webhooks"}
        value={draft.url}
        onChange={({ target }) => onChange({ url: target.value })}
        hint={hint}
        error={ofUrl?.at("/url")}
      />
      {ofUrl?.code === "url_unreachable" && (
        <div className="-mt-2">
          <Button small busy={busy} onClick={onSaveAnyway}>
            Save without asking the endpoint
          </Button>
        </div>
      )}
      {inbox && draft.url === "" && (
        <p className="-mt-2 text-sm">
          <Link to="/inbox" className="underline underline-offset-2">
            Use the test inbox
          </Link>{" "}
          <span className="text-ink-3">if you have no endpoint yet: it shows what arrives.</span>
        </p>
      )}
      <TextField
        label="Name"
        hint="Tells several endpoints apart; may be left empty."
        maxLength={100}
        value={draft.name}
        onChange={({ target }) => onChange({ name: target.value })}
        error={problem?.at("/name")}
      />
    </div>
  );
}

type TopicProps = PartProps & Pick<FormProps, "app" | "topics"> & { readonly inputRef: RefObject<HTMLInputElement | null> };

function TopicFields({ app, topics, draft, onChange, problem, inputRef }: TopicProps) {
  const errorOf = (name: string): string | undefined => {
    const index = draft.topics.indexOf(name);
    return problem?.at(`/topics/${index}`);
  };
  const keep = (chosen: readonly string[]): void =>
    onChange({ topics: chosen, topicsOff: draft.topicsOff.filter((name) => chosen.includes(name)) });
  return (
    <div className="flex flex-col gap-3">
      <TopicPicker
        topics={topics}
        chosen={draft.topics}
        permissions={app.permissions}
        onChange={keep}
        inputRef={inputRef}
        error={problem?.mistakes.some(({ pointer }) => pointer === "/topics") ? problem.at("/topics") : undefined}
      />
      {draft.topics.length > 0 && (
        <TopicRows
          app={app.id}
          topics={topics}
          chosen={draft.topics}
          off={draft.topicsOff}
          permissions={app.permissions}
          onSwitch={(name, on) =>
            onChange({ topicsOff: on ? draft.topicsOff.filter((each) => each !== name) : [...draft.topicsOff, name] })
          }
          onDelete={(name) => keep(draft.topics.filter((each) => each !== name))}
          errorOf={errorOf}
        />
      )}
    </div>
  );
}

function More({ title, open, children }: { readonly title: string; readonly open: boolean; readonly children: ReactNode }) {
  return (
    <details open={open} className="rounded-lg border border-line">
      <summary className="px-4 py-2.5 font-semibold">{title}</summary>
      <div className="border-t border-line px-4 py-4">{children}</div>
    </details>
  );
}
