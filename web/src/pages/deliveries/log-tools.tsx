// What can be done with all that fits the search.
import { parseSearch, searchText } from "@bellhop/contract/search";
import type { SearchFilters } from "@bellhop/contract/search";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "../../parts/button.tsx";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import type { Format } from "./export.ts";
import { mistakesIn } from "./search-edit.ts";

type LogToolsProps = {
  readonly app: string | null;
  readonly q: string;
  readonly onExport: (format: Format) => void;
  readonly children: ReactNode;
};

export function LogTools({ app, q, onExport, children }: LogToolsProps) {
  const isReadable = mistakesIn(q, app).length === 0;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      {children}
      {app !== null && isReadable && <ReplayButton app={app} q={q} />}
      {isReadable && (
        <Menu label="Export">
          <MenuItem onChoose={() => onExport("csv")}>As CSV</MenuItem>
          <MenuItem onChoose={() => onExport("ndjson")}>As NDJSON</MenuItem>
        </Menu>
      )}
    </div>
  );
}

/** What fits the search, as a range to send again. */
function ReplayButton({ app, q }: { readonly app: string; readonly q: string }) {
  const navigate = useNavigate();
  const replay = (): void => {
    const read = parseSearch(q, Date.now());
    if (!read.ok) return;
    const { subscription, since, until, status, reason, code } = read.query;
    const include = status === "delivered" ? "all" : "failed";
    const { topics, beyond } = askable(read.filters);
    const search = { new: "1", subscription, since, until, include, reason, code, topics, beyond };
    void navigate({ to: "/apps/$app/replays", params: { app }, search });
  };
  return (
    <Button small onClick={replay}>
      Replay these
    </Button>
  );
}

/** `beyond`: the words of the search for which a replay cannot ask; it is told there. */
function askable({ topic, object, workspace, id, status }: SearchFilters): { topics: string | undefined; beyond: string | undefined } {
  const isOne = topic !== undefined && !topic.includes("*");
  const words = searchText({
    ...(topic === undefined || isOne ? {} : { topic }),
    ...(status === undefined || status === "failed" ? {} : { status }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(object === undefined ? {} : { object }),
    ...(id === undefined ? {} : { id }),
  });
  return { topics: isOne ? topic : undefined, beyond: words === "" ? undefined : words };
}
