// Chooses among a hundred topics: grouped, found by any word of name, description or permission, by mouse or keys.
import { Combobox } from "@base-ui/react/combobox";
import { useState } from "react";
import type { RefObject } from "react";
import type { TopicView } from "@bellhop/contract/catalogue";
import { Field, inputLook } from "../../parts/field.tsx";
import { isAllowed, permissionsText } from "./use-topics.ts";
import type { Topics } from "./use-topics.ts";

type Props = {
  readonly topics: Topics;
  readonly chosen: readonly string[];
  /** Of the app. */
  readonly permissions: readonly string[];
  readonly onChange: (chosen: string[]) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly error?: string | undefined;
};

type Group = { readonly value: string; readonly items: TopicView[] };

export function TopicPicker({ topics, chosen, permissions, onChange, inputRef, error }: Props) {
  const [text, setText] = useState("");
  const pickable = topics.offered.filter(({ always_on }) => !always_on);
  const found = pickable.filter((topic) => matches(topic, topics, text));
  const value = pickable.filter(({ name }) => chosen.includes(name));
  const missing = found.filter(({ name }) => !chosen.includes(name));
  const change = (now: readonly TopicView[]): void => {
    const kept = chosen.filter((name) => now.some((topic) => topic.name === name) || !pickable.some((topic) => topic.name === name));
    onChange([...kept, ...now.map(({ name }) => name).filter((name) => !chosen.includes(name))]);
  };
  return (
    <Field label="Topics" hint="Type to find by name, description or permission; several can be chosen one after the other." error={error}>
      {(wiring) => (
        <Combobox.Root
          multiple
          items={groupsOf(pickable)}
          filteredItems={groupsOf(found)}
          value={value}
          onValueChange={(now, { reason }) => {
            // Esc would take every topic away at once.
            if (reason !== "escape-key") change(now);
          }}
          inputValue={text}
          onInputValueChange={(typed, { reason }) => {
            if (reason !== "item-press") setText(typed);
          }}
          itemToStringLabel={({ name }: TopicView) => name}
          isItemEqualToValue={(one: TopicView, other: TopicView) => one.name === other.name}
          autoHighlight
        >
          <Combobox.Input
            {...wiring}
            ref={inputRef}
            placeholder={`Find among ${pickable.length} topics`}
            autoComplete="off"
            spellCheck={false}
            className={`h-8 ${inputLook}`}
          />
          <Combobox.Portal>
            <Combobox.Positioner sideOffset={4} align="start" className="z-40">
              <Combobox.Popup className="card flex max-h-[min(26rem,var(--available-height))] w-[max(var(--anchor-width),min(44rem,var(--available-width)))] max-w-[var(--available-width)] flex-col overflow-hidden shadow-raised">
                <Combobox.Empty className="px-4 py-3 text-ink-3 empty:hidden">
                  No topic matches. Topics of other API versions are on the page API version.
                </Combobox.Empty>
                <Combobox.List className="overflow-y-auto overscroll-contain p-1.5 empty:hidden">
                  {(group: Group) => (
                    <Combobox.Group key={group.value} items={group.items}>
                      <Combobox.GroupLabel className="px-2.5 pt-2 pb-0.5 text-xs font-medium text-ink-3">{group.value}</Combobox.GroupLabel>
                      <Combobox.Collection>
                        {(topic: TopicView) => <Option key={topic.name} topic={topic} topics={topics} permissions={permissions} />}
                      </Combobox.Collection>
                    </Combobox.Group>
                  )}
                </Combobox.List>
                {text.trim() !== "" && missing.length > 1 && (
                  <button
                    type="button"
                    className="border-t border-line px-4 py-2 text-left font-medium hover:bg-sunken"
                    onClick={() => change([...value, ...missing])}
                  >
                    Choose all {missing.length} that match
                  </button>
                )}
              </Combobox.Popup>
            </Combobox.Positioner>
          </Combobox.Portal>
        </Combobox.Root>
      )}
    </Field>
  );
}

type OptionProps = Pick<Props, "topics" | "permissions"> & { readonly topic: TopicView };

function Option({ topic, topics, permissions }: OptionProps) {
  return (
    <Combobox.Item
      value={topic}
      className="grid cursor-pointer grid-cols-[1rem_1fr] gap-x-2 rounded-md px-2.5 py-1 outline-none data-[highlighted]:bg-sunken"
    >
      <Combobox.ItemIndicator className="col-start-1 font-semibold" aria-hidden>
        ✓
      </Combobox.ItemIndicator>
      <span className="col-start-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-mono text-sm">{topic.name}</span>
        <span className={`text-xs ${isAllowed(topic, permissions) ? "text-ink-3" : "text-failed"}`}>
          {isAllowed(topic, permissions) ? "" : "missing: "}
          {permissionsText(topic, topics.labels)} · since {topic.since}
        </span>
      </span>
      <span className="col-start-2 text-sm text-ink-2">{topic.description}</span>
    </Combobox.Item>
  );
}

function matches(topic: TopicView, { labels }: Topics, text: string): boolean {
  const where = `${topic.name} ${topic.description} ${permissionsText(topic, labels)}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => where.includes(word));
}

/** By what stands before the first dot. */
function groupsOf(topics: readonly TopicView[]): Group[] {
  const groups = Map.groupBy(topics, ({ name }) => name.split(".", 1)[0] as string);
  return [...groups].map(([value, items]) => ({ value, items }));
}
