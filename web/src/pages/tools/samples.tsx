import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { ask } from "../../api/queries.ts";
import { Code, indentJson } from "../../parts/code.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { Empty } from "../../parts/empty.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Fact, Facts } from "../../parts/page.tsx";
import { useSession } from "../../shell/session.ts";
import { fieldNotes, sampleBody } from "./envelope.ts";

const route = getRouteApi("/shell/tools");
const catalogueStaleMs = 60_000;

type Topic = Answer<"listTopics">["data"][number];
type Chosen = { readonly version?: string; readonly topic?: string };

/** What a receiver gets for a topic in an API version: the whole body. */
export function Samples() {
  const { version: asked, topic, app } = route.useSearch();
  const catalogue = useQuery({ ...ask("readCatalogue"), staleTime: catalogueStaleMs });
  const own = useQuery({ ...ask("readApp", { params: { id: app ?? "" } }), enabled: app !== undefined });
  const version = asked ?? own.data?.api_version ?? catalogue.data?.default_version;
  const topics = useQuery({
    ...ask("listTopics", { query: version === undefined ? {} : { version } }),
    staleTime: catalogueStaleMs,
    enabled: version !== undefined,
  });
  const navigate = useNavigate({ from: "/tools" });
  const choose = (chosen: Chosen): void => void navigate({ search: (old) => ({ ...old, ...chosen }), replace: true });
  return (
    <Loaded of={version === undefined ? { ...topics, error: catalogue.error } : topics}>
      {({ data }) => <Chooser topics={data} version={version ?? ""} topic={topic} onChoose={choose} />}
    </Loaded>
  );
}

type ChooserProps = {
  readonly topics: readonly Topic[];
  readonly version: string;
  readonly topic: string | undefined;
  readonly onChoose: (chosen: Chosen) => void;
};

function Chooser({ topics, version, topic, onChoose }: ChooserProps) {
  const { catalogue_versions: versions } = useSession().instance;
  const chosen =
    topic === undefined ? topics.find(({ always_on: isPing, sample }) => !isPing && sample) : topics.find(({ name }) => name === topic);
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-3 sm:grid-cols-[1fr_10rem]">
        <SelectField
          label="Topic"
          value={chosen?.name ?? topic ?? ""}
          onChange={({ target }) => onChoose({ topic: target.value })}
          hint={chosen?.description}
        >
          {!chosen && <option value={topic ?? ""}>{topic ?? "None"}</option>}
          {topics.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
        <SelectField label="API version" value={version} onChange={({ target }) => onChoose({ version: target.value })}>
          {!versions.includes(version) && <option>{version}</option>}
          {versions.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </SelectField>
      </div>
      {chosen ? (
        <Sample topic={chosen} version={version} />
      ) : (
        <Empty title={`API version ${version} does not offer ${topic ?? "any topic"}`}>
          Choose another topic, or a version that offers it.
        </Empty>
      )}
    </div>
  );
}

function Sample({ topic, version }: { readonly topic: Topic; readonly version: string }) {
  if (topic.sample === null && !topic.always_on)
    return <Empty title={`${topic.name} has no sample`}>Whoever publishes the topic can give it one in the catalogue.</Empty>;
  const body = sampleBody(topic);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex flex-col gap-2">
        <Code label={`Body of ${topic.name} in ${version}, indented`} text={indentJson(body)} json tall />
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-3">
          <CopyButton text={body} label="Copy as sent" />
          What is sent has no white space between its tokens.
        </p>
      </div>
      <section aria-label="Its fields" className="card px-4 py-3">
        <h2 className="mb-2 font-semibold">Its fields</h2>
        <Facts>
          {fieldNotes.map(([field, note]) => (
            <Fact key={field} name={<code className="font-mono text-sm">{field}</code>}>
              {note}
            </Fact>
          ))}
        </Facts>
      </section>
    </div>
  );
}
