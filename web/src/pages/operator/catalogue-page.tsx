// The catalogue: which kinds of events there are, who may have them, how they look, and since when.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { ask } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { inputLook } from "../../parts/field.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { useSession } from "../../shell/session.ts";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { TopicForm } from "./catalogue-form.tsx";
import { Topic } from "./catalogue-topic.tsx";
import { TopicList } from "./catalogue-list.tsx";
import { WholeCatalogue } from "./catalogue-whole.tsx";

const route = getRouteApi("/shell/operator/catalogue");
export type TopicView = Answer<"listTopics">["data"][number];
type Names = { topic?: string | undefined; new?: string | undefined };

export function CataloguePage() {
  const { version, find = "", topic, new: doing } = route.useSearch();
  const navigate = useNavigate({ from: "/operator/catalogue" });
  const show = (names: Names, leave = false): void =>
    void navigate({ search: (old) => ({ ...old, topic: undefined, new: undefined, ...names }), ignoreBlocker: leave });
  const topics = useQuery(ask("listTopics", version === undefined ? {} : { query: { version } }));
  useShortcuts("Catalogue", {
    n: { does: "New topic", run: () => show({ new: "topic" }) },
    "/": { does: "Find a topic", run: () => document.querySelector<HTMLInputElement>("#find-topic")?.focus() },
  });
  const opened = topics.data?.data.find(({ name }) => name === topic);
  return (
    <Page
      title="Catalogue"
      wide
      answer={topics.data && topicsAnswer(topics.data.data.length, version)}
      actions={
        <>
          <Button onClick={() => show({ new: "whole" })}>Download or replace</Button>
          <Button variant="primary" onClick={() => show({ new: "topic" })}>
            New topic
          </Button>
        </>
      }
    >
      {doing === "whole" && <WholeCatalogue onClose={(replaced) => show({}, replaced)} />}
      {(doing === "topic" || doing === "change") && (
        <TopicForm
          key={`${doing} ${topic}`}
          name={doing === "change" ? (opened?.publish_as ?? topic ?? null) : null}
          onDone={(name) => show({ topic: name ?? topic }, true)}
        />
      )}
      <Find version={version} find={find} />
      <Loaded of={topics}>
        {({ data }) => (
          <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
            <TopicList topics={data.filter((each) => matches(each, find))} all={data.length} opened={topic} />
            {opened ? (
              <Topic topic={opened} onChange={() => show({ topic: opened.name, new: "change" })} onDeleted={() => show({})} />
            ) : (
              <Empty title={topic === undefined ? "Choose a topic" : `There is no ${topic} here`}>
                {topic === undefined
                  ? "Its permissions, versions, former names and a sample are shown here."
                  : "It may be called otherwise in this version, or not be offered in it."}
              </Empty>
            )}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

const topicsAnswer = (count: number, version: string | undefined): string =>
  version === undefined
    ? `${count} ${count === 1 ? "topic" : "topics"}, under their newest names.`
    : `API version ${version} offers ${count} ${count === 1 ? "topic" : "topics"}, as it calls and shapes them.`;

function matches({ name, publish_as, description, permissions, formerly }: TopicView, find: string): boolean {
  const text = [name, publish_as, description, ...permissions, ...formerly.map((former) => former.name)].join(" ").toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function Find({ version, find }: { readonly version: string | undefined; readonly find: string }) {
  const navigate = useNavigate({ from: "/operator/catalogue" });
  const { catalogue_versions: versions } = useSession().instance;
  return (
    <div className="flex flex-wrap gap-2">
      <input
        id="find-topic"
        type="search"
        aria-label="Find a topic"
        placeholder="Find by name, description, permission or former name; press /"
        value={find}
        onChange={({ target }) => void navigate({ search: (old) => ({ ...old, find: target.value || undefined }), replace: true })}
        className={`h-8 max-w-lg min-w-48 flex-1 ${inputLook}`}
      />
      <select
        aria-label="API version"
        value={version ?? ""}
        onChange={({ target }) => void navigate({ search: (old) => ({ ...old, version: target.value || undefined }) })}
        className={`h-8 w-auto! ${inputLook}`}
      >
        <option value="">Newest names and shapes</option>
        {versions.map((each) => (
          <option key={each} value={each}>
            As in version {each}
          </option>
        ))}
      </select>
    </div>
  );
}
