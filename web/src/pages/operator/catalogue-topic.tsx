import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Code } from "../../parts/code.tsx";
import { Id } from "../../parts/copy.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Fact, Facts, Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { topicRoutesRead } from "./catalogue-form-body.ts";
import type { TopicView } from "./catalogue-page.tsx";

type TopicProps = { readonly topic: TopicView; readonly onChange: () => void; readonly onDeleted: () => void };

export function Topic({ topic, onChange, onDeleted }: TopicProps) {
  const [deleting, setDeleting] = useState(false);
  const labels = useQuery(ask("readCatalogue")).data?.permissions ?? {};
  const { name, publish_as, description, permissions, item_type, since, until, formerly, to_older, always_on, undocumented, sample } =
    topic;
  return (
    <Section
      title={name}
      about={description}
      actions={
        <>
          <Button small onClick={onChange}>
            Change
          </Button>
          <Button small variant="danger" disabled={always_on} onClick={() => setDeleting(true)}>
            Delete
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Facts>
          <Fact name="Publish as">
            <Id id={publish_as} />
          </Fact>
          <Fact name="Needs">
            {permissions.length === 0 ? "no permission" : permissions.map((each) => labels[each] ?? each).join(", or ")}
          </Fact>
          <Fact name="Offered">
            from {since} {until === null ? "on" : `to ${until}`}
          </Fact>
          {formerly.length > 0 && (
            <Fact name="Formerly">
              <ul>
                {formerly.map((former) => (
                  <li key={former.name}>
                    <span className="font-mono text-sm">{former.name}</span> from {former.since} to {former.until}
                  </li>
                ))}
              </ul>
            </Fact>
          )}
          {to_older.length > 0 && (
            <Fact name="Older shapes">
              <ul className="font-mono text-sm">
                {to_older.map((step, index) => (
                  <li key={index}>{`before ${step.since}: ${step.op} ${step.key}${step.to === undefined ? "" : ` to ${step.to}`}`}</li>
                ))}
              </ul>
            </Fact>
          )}
          <Fact name="Item type">{item_type ?? "none"}</Fact>
          {always_on && <Fact name="Always on">It cannot be removed from a subscription.</Fact>}
          {undocumented && <Fact name="Undocumented">It was seen offered and is described nowhere; its permission is a guess.</Fact>}
        </Facts>
        {sample === null ? (
          <p className="text-ink-3">It has no sample.</p>
        ) : (
          <Code label="Sample item" json text={JSON.stringify(sample, null, 2)} />
        )}
      </div>
      <DeleteTopic name={publish_as} open={deleting} onClose={() => setDeleting(false)} onDeleted={onDeleted} />
    </Section>
  );
}

type DeleteProps = { readonly name: string; readonly open: boolean; readonly onClose: () => void; readonly onDeleted: () => void };

function DeleteTopic({ name, open, onClose, onDeleted }: DeleteProps) {
  const toast = useToast();
  const remove = useCommand("deleteTopic", topicRoutesRead, () => {
    toast("The topic is deleted.");
    onClose();
    onDeleted();
  });
  const close = (): void => {
    remove.reset();
    onClose();
  };
  return (
    <Confirm
      open={open}
      onClose={close}
      title={`Delete ${name}`}
      action="Delete topic"
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ params: { name } })}
    >
      <p>Publishing it is refused from then on. While a subscription has chosen it, it cannot be deleted.</p>
      <ProblemBanner error={remove.error} />
    </Confirm>
  );
}
