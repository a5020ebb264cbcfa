// The audit through the door: who changed what, for an app, for a workspace, by somebody, page by page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";

type Entry = {
  id: string;
  at: string;
  actor: { id: string; name: string | null };
  action: string;
  summary: string | null;
  subject: string;
  kind: string;
  changes: { field: string; before: unknown; after: unknown }[];
};
type Page = { data: Entry[]; next_cursor: string | null };

const read = (program: TestProgram, query = ""): Promise<Page> => program.must<Page>("GET", `/v1/audit${query}`);
const actions = ({ data }: Page): string[] => data.map(({ action }) => action);

test("the audit says who changed what, from what to what, and no secret", async (t) => {
  const program = await startTestProgram(t);
  const { workspace, app, secret, subscription } = await program.makeInstalled({ topics: ["ticket.created"] });
  const other = await program.makeInstalled({ topics: ["ticket.created"] });
  const key = await program.must<{ id: string; token: string }>("POST", "/v1/keys", { name: "A colleague", scopes: ["manage"] });
  const by = { authorization: `Bearer ${key.token}` };
  await program.must("PATCH", `/v1/workspaces/${workspace}`, { name: "Renamed", external_id: "acme" }, by);
  await program.must("PATCH", `/v1/apps/${app}/subscriptions/${subscription}?verify=false`, { name: "Main" }, by);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await program.must("POST", "/v1/brakes", { subscription, until, reason: "Too much." });
  await program.must("POST", `/v1/apps/${other.app}/installations`, { workspace_id: workspace });

  const mine = await read(program, `?actor=${key.id}`);
  assert.deepEqual(actions(mine), ["changeSubscription", "changeWorkspace"], "newest first");
  const [changed, renamed] = mine.data as [Entry, Entry];
  assert.deepEqual(renamed.actor, { id: key.id, name: "A colleague" });
  assert.deepEqual([renamed.subject, renamed.kind], [workspace, "changed"]);
  assert.deepEqual(
    renamed.changes.toSorted((a, b) => a.field.localeCompare(b.field)),
    [
      { field: "external_id", before: null, after: "acme" },
      { field: "name", before: "A Workspace", after: "Renamed" },
    ],
  );
  assert.ok((renamed.summary ?? "") !== "" && Date.parse(renamed.at) > Date.now() - 60_000);
  assert.deepEqual([changed.subject, changed.changes], [subscription, [{ field: "name", before: null, after: "Main" }]]);

  assert.deepEqual(actions(await read(program, `?app=${app}`)), ["createBrake", "changeSubscription", "createSubscription", "createApp"]);
  assert.deepEqual(actions(await read(program, `?app=${app}&actor=${key.id}`)), ["changeSubscription"]);
  const ofWorkspace = ["createInstallation", "changeWorkspace", "createApp", "createWorkspace"];
  assert.deepEqual(actions(await read(program, `?workspace_id=${workspace}`)), ofWorkspace);
  assert.deepEqual(actions(await read(program, "?workspace_id=ext:acme")), ofWorkspace);
  assert.deepEqual(actions(await read(program, "?actor=nobody")), []);

  const { text } = await program.call("GET", "/v1/audit?limit=100");
  for (const value of [secret, key.token, other.secret]) assert.ok(!text.includes(value));

  // Deleted, and still to be read.
  await program.must("DELETE", `/v1/apps/${app}`);
  assert.deepEqual(actions(await read(program, `?app=${app}&limit=1`)), ["deleteApp"]);
  assert.equal((await program.call("GET", "/v1/audit", undefined, by)).body["code"], "forbidden");
  assert.equal((await program.call("GET", "/v1/audit?app=ext:nobody")).body["code"], "unknown_app");
});

test("pages of the audit follow each other without a gap", async (t) => {
  const program = await startTestProgram(t);
  for (let i = 0; i < 5; i++) await program.must("POST", "/v1/keys", { name: `Key ${i}`, scopes: ["read"] });
  const all = await read(program, "?limit=100");
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: Page = await read(program, `?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  assert.deepEqual(
    ids,
    all.data.map(({ id }) => id),
  );
  assert.ok(ids.length >= 5);
  assert.equal((await program.call("GET", "/v1/audit?cursor=nonsense")).body["code"], "invalid_cursor");
});
