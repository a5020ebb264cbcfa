import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Id } from "../../parts/copy.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { useToast } from "../../parts/toast.tsx";
import { Health } from "./health.tsx";
import type { Token } from "./shown-token.tsx";

type Installation = Answer<"listInstallations">["data"][number];
type TableProps = {
  readonly app: Answer<"readApp">;
  readonly installations: readonly Installation[];
  readonly onToken: (token: Token) => void;
};
type Where = { readonly id: string; readonly name: string };
type Asked = { readonly what: "token" | "uninstall"; readonly where: Where } | null;

export function InstallationsTable({ app, installations, onToken }: TableProps) {
  const [asked, setAsked] = useState<Asked>(null);
  const close = (): void => setAsked(null);
  if (installations.length === 0)
    return <Empty title="Installed nowhere">Nothing that happens anywhere is sent to the app. Install it in a workspace to begin.</Empty>;
  return (
    <>
      <Table
        label="Installations"
        head={
          <>
            <Th>Workspace</Th>
            <Th>Holds</Th>
            <Th>Health</Th>
            <Th>Installed</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </>
        }
      >
        {installations.map((installation) => (
          <Row key={installation.workspace_id} app={app} installation={installation} onAsk={setAsked} />
        ))}
      </Table>
      <RegenerateToken app={app} where={asked?.what === "token" ? asked.where : null} onClose={close} onToken={onToken} />
      <Uninstall app={app} where={asked?.what === "uninstall" ? asked.where : null} onClose={close} />
    </>
  );
}

type RowProps = { readonly app: Answer<"readApp">; readonly installation: Installation; readonly onAsk: (asked: Asked) => void };

function Row({ app, installation: { workspace_id: id, permissions, created_at, health }, onAsk }: RowProps) {
  const workspace = useQuery({ ...ask("readWorkspace", { params: { id } }), staleTime: 60_000 }).data;
  const where = { id, name: workspace?.name ?? id };
  const missing = app.permissions.filter((permission) => !permissions.includes(permission));
  return (
    <tr>
      <Td className="min-w-48 wrap-anywhere">
        <span className="font-medium">{workspace?.name ?? id}</span>
        {app.workspace_id === id && <span className="text-sm text-ink-3"> owns the app</span>}
        <p className="flex flex-wrap items-center gap-x-2 text-sm text-ink-3">
          <Id id={id} />
          {workspace && `${workspace.kind}, ${workspace.region}`}
        </p>
      </Td>
      <Td className="min-w-36 text-sm">
        {missing.length === 0 ? (
          <span className="text-ink-2">all it asks for</span>
        ) : (
          <span className="text-failed">lacks {missing.join(", ")}</span>
        )}
      </Td>
      <Td className="min-w-64">
        <Health health={health} asked={app.health_url !== null} />
      </Td>
      <Td>
        <Time at={created_at} />
      </Td>
      <Td>
        <span className="flex justify-end gap-2">
          <Button small aria-label={`Regenerate token for ${id}`} onClick={() => onAsk({ what: "token", where })}>
            Regenerate token
          </Button>
          <Button small variant="danger" aria-label={`Uninstall from ${id}`} onClick={() => onAsk({ what: "uninstall", where })}>
            Uninstall
          </Button>
        </span>
      </Td>
    </tr>
  );
}

type AskedProps = { readonly app: Answer<"readApp">; readonly where: Where | null; readonly onClose: () => void };

function RegenerateToken({ app, where, onClose, onToken }: AskedProps & Pick<TableProps, "onToken">) {
  const make = useCommand("createInstallation", ["listInstallations"], ({ workspace_id, access_token }) => {
    onClose();
    if (access_token !== undefined) onToken({ workspace: workspace_id, value: access_token });
  });
  return (
    <Confirm
      open={where !== null}
      onClose={() => {
        make.reset();
        onClose();
      }}
      title="Regenerate the access token"
      action="Regenerate token"
      busy={make.isPending}
      onConfirm={() => make.mutate({ params: { id: app.id }, body: { workspace_id: where?.id ?? "", new_access_token: true } })}
    >
      <p>The token that the app has for {where?.name} stops working at once. The new one is shown once.</p>
      <ProblemBanner error={make.error} />
    </Confirm>
  );
}

function Uninstall({ app, where, onClose }: AskedProps) {
  const toast = useToast();
  const remove = useCommand("deleteInstallation", ["listInstallations"], () => {
    onClose();
    toast(`The app is uninstalled from ${where?.name}.`);
  });
  return (
    <Confirm
      open={where !== null}
      onClose={() => {
        remove.reset();
        onClose();
      }}
      title={`Uninstall from ${where?.name ?? ""}`}
      action="Uninstall"
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ params: { id: app.id, workspace_id: where?.id ?? "" } })}
    >
      <p>Nothing that happens there is sent any more, what waits ends undelivered, and the access token stops working.</p>
      {app.uninstall_url !== null && <p className="wrap-anywhere">The app is told at {app.uninstall_url}.</p>}
      <ProblemBanner error={remove.error} />
    </Confirm>
  );
}
