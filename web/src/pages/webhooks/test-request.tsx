// Sends a request now, and shows what came back: the ping, or any topic with an item of one's own.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { ApiProblem } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { SelectField, TextAreaField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { ExchangeView } from "./exchange-view.tsx";
import { readObject } from "./exact-json.ts";
import type { Topics } from "./use-topics.ts";

const ping = "ping";

type Props = {
  readonly subscription: SubscriptionView;
  readonly version: string;
  readonly topics: Topics;
  readonly topic: string;
  readonly onTopic: (topic: string) => void;
  readonly onClose: () => void;
};

export function TestRequest({ subscription, version, topics, topic, onTopic, onClose }: Props) {
  const shown = topics.byName.get(topic);
  const newest = useQuery(ask("listTopics")).data?.data.find(({ name }) => name === shown?.publish_as);
  const [typed, setTyped] = useState<{ topic: string; text: string } | null>(null);
  const sample = newest?.sample ? JSON.stringify(newest.sample, null, 2) : "{}";
  const text = typed?.topic === topic ? typed.text : sample;
  const read = readObject(text);
  const test = useCommand("testSubscription", []);
  const problem = test.error instanceof ApiProblem ? test.error : null;
  const isPing = topic === ping || shown?.always_on === true;
  const send = (): void => {
    const body = isPing ? {} : { topic, ...(read.ok ? { item: read.value } : {}) };
    test.mutate({ params: { id: subscription.app, sub: subscription.id }, body });
  };
  return (
    <Section
      title="Send a test request"
      about="Signed like every notification, sent now, not kept in the log."
      actions={
        <Button small onClick={onClose}>
          Close
        </Button>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isPing || read.ok) send();
        }}
      >
        <div className="flex flex-wrap items-end gap-3">
          <div className="min-w-0 flex-1 basis-72">
            <TopicSelect subscription={subscription} topics={topics} topic={topic} onTopic={onTopic} />
          </div>
          <Button type="submit" variant="primary" busy={test.isPending}>
            Send
          </Button>
        </div>
        {!isPing && (
          <TextAreaField
            label="Item"
            className="font-mono text-sm"
            rows={Math.min(18, Math.max(6, text.split("\n").length))}
            value={text}
            onChange={({ target }) => setTyped({ topic, text: target.value })}
            hint={`In the newest shape; the endpoint gets it in the shape of API version ${version}.`}
            error={read.ok ? problem?.at("/item") : read.message}
          />
        )}
        <ProblemBanner error={problem?.at("/item") ? null : test.error} />
      </form>
      {test.data && !test.isPending && (
        <div className="mt-4 border-t border-line pt-4" aria-live="polite">
          <ExchangeView name={test.variables.body?.topic ?? ping} exchange={test.data} open />
        </div>
      )}
    </Section>
  );
}

type SelectProps = Pick<Props, "subscription" | "topics" | "topic" | "onTopic">;

function TopicSelect({ subscription, topics, topic, onTopic }: SelectProps) {
  const chosen = topics.offered.filter(({ name, always_on }) => !always_on && subscription.topics.includes(name));
  const others = topics.offered.filter(({ name, always_on }) => !always_on && !subscription.topics.includes(name));
  return (
    <SelectField label="Topic" value={topic} onChange={({ target }) => onTopic(target.value)}>
      <option value={ping}>ping</option>
      {chosen.length > 0 && (
        <optgroup label="Chosen">
          {chosen.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </optgroup>
      )}
      <optgroup label="Others of this API version">
        {others.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </optgroup>
    </SelectField>
  );
}
