// The chosen topics: each On or Off, and why one of them makes nothing.
import { Link } from "@tanstack/react-router";
import { notMade } from "@bellhop/contract/reasons";
import { Button } from "../../parts/button.tsx";
import { Switch } from "../../parts/field.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { isAllowed, permissionsText } from "./use-topics.ts";
import type { Topics } from "./use-topics.ts";

type RowsProps = {
  readonly app: string;
  readonly topics: Topics;
  readonly chosen: readonly string[];
  readonly off: readonly string[];
  /** Of the app. */
  readonly permissions: readonly string[];
  readonly onSwitch: (name: string, on: boolean) => void;
  readonly onDelete?: (name: string) => void;
  /** What the server says of one. */
  readonly errorOf?: (name: string) => string | undefined;
};

export function TopicRows({ chosen, ...rest }: RowsProps) {
  const head = (
    <>
      <Th>Topic</Th>
      <Th className="hidden sm:table-cell">Needs</Th>
      <Th>Sent</Th>
      {rest.onDelete && (
        <Th>
          <span className="sr-only">Delete</span>
        </Th>
      )}
    </>
  );
  return (
    <Table label="Chosen topics" head={head}>
      {chosen.map((name) => (
        <Row key={name} name={name} {...rest} />
      ))}
    </Table>
  );
}

function Row({ name, app, topics, off, permissions, onSwitch, onDelete, errorOf }: Omit<RowsProps, "chosen"> & { readonly name: string }) {
  const topic = topics.byName.get(name);
  const alwaysOn = topic?.always_on === true;
  return (
    <tr>
      <Td className="sm:min-w-52">
        <span className="font-mono text-sm wrap-anywhere">{name}</span>
        {topic && <p className="text-sm text-ink-2">{topic.description}</p>}
        {topic && <p className="text-sm text-ink-3 sm:hidden">{permissionsText(topic, topics.labels)}</p>}
        <RowError name={name} app={app} topics={topics} permissions={permissions} error={errorOf?.(name)} />
      </Td>
      <Td className="hidden text-sm text-ink-2 sm:table-cell">{topic ? permissionsText(topic, topics.labels) : "—"}</Td>
      <Td className="w-28">
        {alwaysOn ? (
          <span className="text-sm whitespace-nowrap text-ink-3">Always on</span>
        ) : (
          <Switch label={`Send ${name}`} on={!off.includes(name)} onChange={(on) => onSwitch(name, on)} />
        )}
      </Td>
      {onDelete && (
        <Td className="w-20 text-right">
          {!alwaysOn && (
            <Button small variant="quiet" aria-label={`Delete ${name}`} onClick={() => onDelete(name)}>
              Delete
            </Button>
          )}
        </Td>
      )}
    </tr>
  );
}

type RowErrorProps = Pick<RowsProps, "app" | "topics" | "permissions"> & { readonly name: string; readonly error: string | undefined };

function RowError({ name, app, topics, permissions, error }: RowErrorProps) {
  const topic = topics.byName.get(name);
  const reason = topic === undefined ? "not_in_version" : isAllowed(topic, permissions) ? null : "missing_permission";
  if (reason === null) return error ? <p className="text-sm text-failed">{error}</p> : null;
  return (
    <p className="mt-0.5 text-sm text-failed">
      {reason === "missing_permission"
        ? `The app does not ask for ${topic ? permissionsText(topic, topics.labels) : ""}, so nothing is sent. `
        : `${notMade[reason].sentence} `}
      {reason === "missing_permission" ? (
        <Link className="underline underline-offset-2" to="/apps/$app/authorization" params={{ app }} search={{ edit: "1" }}>
          Add it under Authorization
        </Link>
      ) : (
        <Link className="underline underline-offset-2" to="/apps/$app/version" params={{ app }}>
          Move to another API version
        </Link>
      )}
    </p>
  );
}
