import { Link } from "@tanstack/react-router";
import { buttonLook } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import type { TopicView } from "./catalogue-page.tsx";

type TopicListProps = { readonly topics: readonly TopicView[]; readonly all: number; readonly opened: string | undefined };

export function TopicList({ topics, all, opened }: TopicListProps) {
  if (all === 0) return <Empty title="No topic yet">A topic is a kind of event. Add the first, or replace the whole catalogue.</Empty>;
  if (topics.length === 0)
    return (
      <Empty
        title="No topic matches"
        actions={
          <Link to="/operator/catalogue" search={(old) => ({ ...old, find: undefined })} className={buttonLook()}>
            Clear the search
          </Link>
        }
      >
        Every word that is typed must be in its name, description, permissions or former names.
      </Empty>
    );
  return (
    <nav aria-label="Topics" className={`card max-h-[75vh] overflow-y-auto ${opened === undefined ? "" : "max-lg:order-last"}`}>
      <ul className="divide-y divide-line">
        {topics.map(({ name, description, permissions }) => (
          <li key={name} style={{ contentVisibility: "auto", containIntrinsicSize: "auto 58px" }}>
            <Link
              to="/operator/catalogue"
              search={(old) => ({ ...old, topic: name, new: undefined })}
              aria-current={name === opened ? "true" : undefined}
              activeProps={{}}
              className={`flex flex-col px-3 py-2 hover:bg-sunken ${name === opened ? "bg-sunken" : ""}`}
            >
              <span className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="font-mono text-sm font-medium">{name}</span>
                <span className="text-sm text-ink-3">{permissions.length === 0 ? "no permission needed" : permissions.join(" or ")}</span>
              </span>
              <span className="text-ink-2">{description}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
