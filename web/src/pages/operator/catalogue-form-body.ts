// What is typed into the form of a topic, and what is sent of it.
import type { RouteName } from "../../api/client.ts";
import type { TopicView } from "./catalogue-page.tsx";

export const topicRoutesRead = ["listTopics", "readCatalogue"] as const satisfies readonly RouteName[];

/** All as typed; the last three are JSON. */
export type TopicDraft = {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
  readonly item_type: string;
  readonly since: string;
  readonly until: string;
  readonly sample: string;
  readonly formerly: string;
  readonly to_older: string;
};

export const jsonFields = ["sample", "formerly", "to_older"] as const;
export type JsonField = (typeof jsonFields)[number];

const jsonText = (value: unknown): string =>
  value === null || (Array.isArray(value) && value.length === 0) ? "" : JSON.stringify(value, null, 2);

/** A new topic is offered to every app there is: from the oldest version on. */
export function draftOf(topic: TopicView | null, oldest: string): TopicDraft {
  if (!topic)
    return { name: "", description: "", permissions: [], item_type: "", since: oldest, until: "", sample: "", formerly: "", to_older: "" };
  const { name, description, permissions, item_type, since, until, sample, formerly, to_older } = topic;
  return {
    name,
    description,
    permissions,
    item_type: item_type ?? "",
    since,
    until: until ?? "",
    sample: jsonText(sample),
    formerly: jsonText(formerly),
    to_older: jsonText(to_older),
  };
}

/** What is not JSON, in the words of whoever reads JSON here. */
export function jsonMistakes(draft: TopicDraft): Partial<Record<JsonField, string>> {
  const wrong = jsonFields.flatMap((field) => {
    try {
      if (draft[field].trim() !== "") JSON.parse(draft[field]);
      return [];
    } catch (error) {
      return [[field, `This is not JSON: ${(error as Error).message}`]];
    }
  });
  return Object.fromEntries(wrong) as Partial<Record<JsonField, string>>;
}

const parsed = (text: string): unknown => (text.trim() === "" ? null : JSON.parse(text));

/** Every field; null where an optional one is empty. */
export const fieldsOf = (draft: TopicDraft): Record<string, unknown> => ({
  description: draft.description,
  permissions: draft.permissions,
  item_type: draft.item_type === "" ? null : draft.item_type,
  since: draft.since,
  until: draft.until === "" ? null : draft.until,
  sample: parsed(draft.sample),
  formerly: parsed(draft.formerly),
  to_older: parsed(draft.to_older),
});

export function newTopicOf(draft: TopicDraft): Record<string, unknown> {
  const given = Object.entries(fieldsOf(draft)).filter(([key, value]) => value !== null || key === "item_type");
  return { name: draft.name, ...Object.fromEntries(given) };
}

/** The fields that differ. */
export function changesOf(before: TopicDraft, after: TopicDraft): Record<string, unknown> {
  const old = fieldsOf(before);
  return Object.fromEntries(Object.entries(fieldsOf(after)).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(old[key])));
}
