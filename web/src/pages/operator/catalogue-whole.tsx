// The whole catalogue as a file: out, and in again. Before it replaces what is there, what that would add, change and take away.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { urlOf } from "../../api/client.ts";
import type { Answer, Body } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Button, buttonLook } from "../../parts/button.tsx";
import { TextAreaField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useUnsaved } from "../../parts/unsaved.tsx";
import { topicRoutesRead } from "./catalogue-form-body.ts";

type Catalogue = Answer<"readCatalogue">;

export function WholeCatalogue({ onClose }: { readonly onClose: (replaced: boolean) => void }) {
  const toast = useToast();
  const current = useQuery(ask("readCatalogue")).data;
  const [text, setText] = useState("");
  const replace = useCommand("replaceCatalogue", [...topicRoutesRead, "readSession"], () => {
    toast("The catalogue is replaced.");
    onClose(true);
  });
  const question = useUnsaved(text !== "" && !replace.isSuccess, "new");
  const read = readText(text);
  return (
    <Section
      title="The whole catalogue"
      about="One JSON document: versions, permissions, topics."
      actions={
        <>
          <a href={urlOf("readCatalogue")} download="catalogue.json" className={buttonLook("secondary", true)}>
            Download
          </a>
          <Button small variant="quiet" onClick={() => onClose(false)}>
            Close
          </Button>
        </>
      }
    >
      {question}
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if ("document" in read) replace.mutate({ body: read.document as Body<"replaceCatalogue"> });
        }}
      >
        <label className="flex w-fit items-center gap-2 text-sm">
          From a file
          <input
            type="file"
            accept="application/json,.json"
            className="text-sm"
            onChange={({ target }) => void target.files?.[0]?.text().then((loaded) => setText(loaded))}
          />
        </label>
        <TextAreaField
          label="Replace it by"
          rows={10}
          className="font-mono text-sm!"
          value={text}
          onChange={({ target }) => setText(target.value)}
          error={"mistake" in read ? read.mistake : undefined}
        />
        <ProblemBanner error={replace.error} />
        <div className="flex flex-wrap items-center justify-end gap-3">
          {"document" in read && current && <p className="text-ink-2">{differenceText(current, read.document)}</p>}
          <Button type="submit" variant="danger" busy={replace.isPending} disabled={!("document" in read)}>
            Replace the catalogue
          </Button>
        </div>
      </form>
    </Section>
  );
}

type Read = { readonly document: unknown } | { readonly mistake: string } | { readonly empty: true };

function readText(text: string): Read {
  if (text.trim() === "") return { empty: true };
  try {
    return { document: JSON.parse(text) };
  } catch (error) {
    return { mistake: `This is not JSON: ${(error as Error).message}` };
  }
}

/** Of topics, by name. Whether the rest is right, the server says. */
function differenceText(current: Catalogue, document: unknown): string {
  const topics = (document as { topics?: unknown } | null)?.topics;
  if (!Array.isArray(topics)) return "It has no list of topics.";
  const before = new Map(current.topics.map((topic) => [topic.name, JSON.stringify(topic)]));
  const after = new Map(topics.map((topic: { name?: string }) => [topic?.name ?? "", JSON.stringify(topic)]));
  const added = [...after.keys()].filter((name) => !before.has(name)).length;
  const removed = [...before.keys()].filter((name) => !after.has(name)).length;
  const changed = [...after].filter(([name, text]) => before.has(name) && before.get(name) !== text).length;
  return `Of its ${topics.length} topics ${added} are new and ${changed} changed; ${removed} of those that are there would go.`;
}
