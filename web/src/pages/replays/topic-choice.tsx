import { CheckBox } from "../../parts/field.tsx";
import { topicsOf } from "./question.ts";
import type { Question } from "./question.ts";
import type { Subscription } from "./use-replays.ts";

type TopicChoiceProps = {
  readonly subscription: Subscription;
  readonly question: Question;
  readonly onChange: (change: Question) => void;
};

/** Some of the subscription's topics; none checked is all. */
export function TopicChoice({ subscription, question, onChange }: TopicChoiceProps) {
  const chosen = topicsOf(question);
  const topics = [...new Set([...subscription.topics, ...subscription.topics_off, ...chosen])]
    .filter((topic) => topic !== "ping")
    .toSorted();
  if (topics.length < 2) return null;
  const toggle = (topic: string, isOn: boolean): void => {
    const next = isOn ? [...chosen, topic] : chosen.filter((each) => each !== topic);
    onChange({ topics: next.length > 0 ? next.join(",") : undefined });
  };
  return (
    <details open={chosen.length > 0}>
      <summary className="w-fit rounded font-medium">
        {chosen.length === 0 ? `All ${topics.length} topics` : `${chosen.length} of ${topics.length} topics`}
      </summary>
      <div role="group" aria-label="Topics" className="mt-2 grid max-h-56 grid-cols-1 gap-1 overflow-y-auto p-0.5 sm:grid-cols-2">
        {topics.map((topic) => (
          <CheckBox
            key={topic}
            label={<span className="font-mono text-sm wrap-anywhere">{topic}</span>}
            checked={chosen.includes(topic)}
            onChange={({ target }) => toggle(topic, target.checked)}
          />
        ))}
      </div>
    </details>
  );
}
