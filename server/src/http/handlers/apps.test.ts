import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openControlDoor } from "../../../../test/control-door.ts";
import type { Answer, ControlDoor } from "../../../../test/control-door.ts";

let door: ControlDoor;
before(async () => {
  door = await openControlDoor();
  const workspaces = { owner: "us", second: "us", third: "us", abroad: "eu", other: "us" };
  for (const [id, region] of Object.entries(workspaces)) {
    await door.call("POST", "/v1/workspaces", { id, external_id: `x-${id}`, name: id, kind: "paid", region });
  }
});
after(() => door.close());

const idOf = ({ body }: Answer): string => String(body["id"]);
const entries = ({ body }: Answer): Record<string, unknown>[] => body["data"] as Record<string, unknown>[];
const control = async <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
  (await door.database.control.query<T>(text, values)).rows;

async function makeApp(fields: object = {}): Promise<string> {
  const made = await door.call("POST", "/v1/apps", { name: "An app", workspace_id: "owner", ...fields });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return idOf(made);
}

let subscriptions = 0;
async function subscribe(app: string, topics: string[], off: string[] = []): Promise<string> {
  const id = `sub_${String(++subscriptions).padStart(16, "0")}`;
  await control(
    `insert into subscription (id, app, url, topics, topics_off, policy, signatures, ordered, metadata, header_names, version)
     select $1, ref, 'https://a.test', $3, $4, '"durable"', '{}', false, '{}', '{}', 1 from app where id = $2`,
    [id, app, topics, off],
  );
  return id;
}

test("the whole life of an app", async () => {
  const made = await door.call("POST", "/v1/apps", {
    name: "Ticket mirror",
    workspace_id: "ext:x-owner",
    external_id: "mirror",
    permissions: ["read_tickets"],
    redirect_urls: ["https://mirror.test/back"],
    health_url: "https://mirror.test/health",
  });
  assert.equal(made.status, 201);
  const { client_secret: secret, installation_access_token: token, ...app } = made.body;
  const id = idOf(made);
  assert.match(id, /^app_[a-z0-9]{16}$/);
  assert.match(String(secret), /^[A-Za-z0-9_-]{43}$/);
  assert.match(String(token), /^[A-Za-z0-9_-]{43}$/);
  assert.partialDeepStrictEqual(app, {
    workspace_id: "owner",
    visibility: "private",
    api_version: "2.15",
    description: "",
    uninstall_url: null,
  });
  assert.deepEqual((await door.call("GET", "/v1/apps/ext:mirror")).body, { ...app, consent_needed: 0 });
  assert.deepEqual(entries(await door.call("GET", "/v1/apps?workspace_id=owner")), [app]);
  assert.deepEqual(entries(await door.call("GET", "/v1/apps?workspace_id=second")), []);

  const installations = `/v1/apps/${id}/installations`;
  assert.partialDeepStrictEqual(entries(await door.call("GET", installations)), [
    { app: id, workspace_id: "owner", permissions: ["read_tickets"] },
  ]);
  assert.equal((await door.call("POST", installations, { workspace_id: "second" })).status, 201);
  assert.equal((await door.call("POST", installations, { workspace_id: "second" })).status, 200, "installed already");

  const asked = ["read_tickets", "read_conversations"];
  assert.partialDeepStrictEqual((await door.call("PATCH", `/v1/apps/${id}`, { permissions: asked })).body, {
    permissions: asked,
    consent_needed: 0,
  });
  assert.deepEqual(
    entries(await door.call("GET", installations)).map(({ permissions }) => permissions),
    [asked, asked],
  );

  const published = await door.call("PATCH", `/v1/apps/${id}`, { visibility: "public", permissions: [...asked, "read_admins"] });
  assert.equal(published.body["consent_needed"], 2);
  assert.equal((await door.call("POST", installations, { workspace_id: "owner" })).status, 200, "consents again");
  assert.equal((await door.call("GET", `/v1/apps/${id}`)).body["consent_needed"], 1);
  assert.equal((await door.call("POST", installations, { workspace_id: "abroad", permissions: ["read_admins"] })).status, 201);
  assert.deepEqual(
    entries(await door.call("GET", installations)).map(({ workspace_id, permissions }) => [workspace_id, permissions]),
    [
      ["abroad", ["read_admins"]],
      ["second", asked],
      ["owner", [...asked, "read_admins"]],
    ],
  );

  assert.equal((await door.call("DELETE", "/v1/workspaces/owner")).body["code"], "conflict", "it owns the app");
  assert.equal((await door.call("DELETE", `${installations}/owner`)).status, 204, "also from the workspace that owns it");
  assert.equal((await door.call("DELETE", `${installations}/owner`)).body["code"], "not_found");
  assert.equal((await door.call("POST", installations, { workspace_id: "owner" })).status, 201, "and again");
  assert.equal(entries(await door.call("GET", installations))[0]?.["workspace_id"], "owner", "as the newest");

  await subscribe(id, ["ticket.created"]);
  assert.equal((await door.call("DELETE", `/v1/apps/${id}`)).status, 204);
  assert.equal((await door.call("GET", `/v1/apps/${id}`)).body["code"], "unknown_app");
  const left = await control(
    `select 1 from installation i join app a on a.ref = i.app where a.id = $1 and i.deleted_at is null
     union all select 1 from subscription s join app a on a.ref = s.app where a.id = $1 and s.deleted_at is null`,
    [id],
  );
  assert.deepEqual(left, []);
  assert.equal((await makeApp({ external_id: "mirror" })).length, 20, "its external id is free again");

  const audit = await control<{ route: string; text: string }>(
    "select route, a::text as text from audit a where subject = $1 order by id",
    [id],
  );
  const routes = ["createApp", "createInstallation", "createInstallation", "changeApp", "changeApp", "createInstallation"];
  assert.deepEqual(
    audit.map(({ route }) => route),
    [...routes, "createInstallation", "deleteInstallation", "createInstallation", "deleteApp"],
  );
  for (const { text } of audit) assert.ok(!text.includes(String(secret)), "no secret in the audit");
});

test("an app moves to another version with the names of its topics, and stays while a chosen topic would be lost", async () => {
  const app = await makeApp({ api_version: "2.15" });
  const kept = await subscribe(app, ["ticket.created", "contact.lead.created"], ["contact.lead.created"]);
  const losing = await subscribe(app, ["admin.logged_in"]);
  const refused = await door.call("PATCH", `/v1/apps/${app}`, { api_version: "2.3", name: "Not renamed either" });
  assert.deepEqual([refused.status, refused.body["code"]], [409, "version_conflict"]);
  const pointers = (refused.body["errors"] as { pointer: string }[]).map(({ pointer }) => pointer);
  assert.ok(pointers.includes(`/subscriptions/${losing}/topics/admin.logged_in`), pointers.join());
  assert.partialDeepStrictEqual((await door.call("GET", `/v1/apps/${app}`)).body, { api_version: "2.15", name: "An app" });

  await control("update subscription set topics = '{contact.lead.created}' where id = $1", [kept]);
  await control("update subscription set topics = '{}' where id = $1", [losing]);
  const older = await door.call("PATCH", `/v1/apps/${app}`, { api_version: "2.3" });
  assert.equal(older.status, 200, JSON.stringify(older.body));
  const [row] = await control<{ topics: string[]; topics_off: string[]; version: number }>(
    "select s.topics, s.topics_off, s.version from subscription s, control_version c where id = $1 and s.version = c.version",
    [kept],
  );
  assert.deepEqual([row?.topics, row?.topics_off], [["contact.created"], ["contact.created"]]);

  await door.call("PATCH", `/v1/apps/${app}`, { api_version: "2.15" });
  const [back] = await control<{ topics: string[] }>("select topics from subscription where id = $1", [kept]);
  assert.deepEqual(back?.topics, ["contact.lead.created"]);
});

test("becoming private gives every installation all that the app asks for, and is refused while one is abroad", async () => {
  const app = await makeApp({ visibility: "public", permissions: ["read_tickets", "read_admins"] });
  await door.call("POST", `/v1/apps/${app}/installations`, { workspace_id: "second", permissions: ["read_admins"] });
  await door.call("POST", `/v1/apps/${app}/installations`, { workspace_id: "abroad" });
  assert.equal((await door.call("PATCH", `/v1/apps/${app}`, { visibility: "private" })).body["code"], "region_mismatch");
  await door.call("DELETE", `/v1/apps/${app}/installations/ext:x-abroad`);
  assert.equal((await door.call("PATCH", `/v1/apps/${app}`, { visibility: "private" })).body["consent_needed"], 0);
  const held = entries(await door.call("GET", `/v1/apps/${app}/installations`)).map(({ permissions }) => permissions);
  assert.deepEqual(held, [
    ["read_tickets", "read_admins"],
    ["read_tickets", "read_admins"],
  ]);
});

test("what an app or an installation cannot be is refused with every mistake", async () => {
  const app = await makeApp({ permissions: ["read_tickets", "read_admins"], external_id: "taken" });
  const open = await makeApp({ visibility: "public", permissions: ["read_tickets"] });
  const fine = { name: "x", workspace_id: "owner" };
  const bad = ["ftp://a.test", "https://a.test/#top"];
  const refusals = [
    ["POST", "/v1/apps", { name: "x" }, "invalid_request", ["/workspace_id"]],
    ["POST", "/v1/apps", { ...fine, workspace_id: "nobody" }, "unknown_workspace", ["/workspace_id"]],
    ["POST", "/v1/apps", { ...fine, external_id: "taken" }, "already_exists", ["/external_id"]],
    ["POST", "/v1/apps", { ...fine, visibility: "secret" }, "invalid_request", ["/visibility"]],
    ["POST", "/v1/apps", { ...fine, api_version: "9.9" }, "invalid_request", ["/api_version"]],
    ["POST", "/v1/apps", { ...fine, client_secret: "mine" }, "invalid_request", ["/client_secret"]],
    [
      "POST",
      "/v1/apps",
      { ...fine, redirect_urls: bad, health_url: "http://a.test" },
      "url_refused",
      ["/redirect_urls/0", "/redirect_urls/1", "/health_url"],
    ],
    [
      "POST",
      "/v1/apps",
      { ...fine, permissions: ["read_admins", "fly"], uninstall_url: "x:" },
      "invalid_request",
      ["/permissions/1", "/uninstall_url"],
    ],
    ["PATCH", `/v1/apps/${app}`, {}, "invalid_request", [""]],
    ["PATCH", `/v1/apps/${app}`, { workspace_id: "second" }, "invalid_request", ["/workspace_id"]],
    ["PATCH", `/v1/apps/${app}`, { permissions: ["fly"] }, "invalid_request", ["/permissions/0"]],
    ["PATCH", `/v1/apps/${open}`, { external_id: "taken" }, "already_exists", ["/external_id"]],
    ["PATCH", `/v1/apps/${app}`, { uninstall_url: "http://a.test" }, "url_refused", ["/uninstall_url"]],
    ["PATCH", "/v1/apps/app_0000000000000000", { name: "x" }, "unknown_app", []],
    ["DELETE", "/v1/apps/ext:nobody", undefined, "unknown_app", []],
    ["POST", `/v1/apps/${app}/installations`, { workspace_id: "abroad" }, "region_mismatch", ["/workspace_id"]],
    [
      "POST",
      `/v1/apps/${app}/installations`,
      { workspace_id: "second", permissions: ["read_tickets"] },
      "invalid_request",
      ["/permissions"],
    ],
    [
      "POST",
      `/v1/apps/${open}/installations`,
      { workspace_id: "second", permissions: ["read_admins"] },
      "invalid_request",
      ["/permissions/0"],
    ],
    ["POST", `/v1/apps/${open}/installations`, { workspace_id: "nobody" }, "unknown_workspace", ["/workspace_id"]],
    ["DELETE", `/v1/apps/${open}/installations/third`, undefined, "not_found", []],
    ["DELETE", `/v1/apps/${open}/installations/nobody`, undefined, "unknown_workspace", []],
    ["GET", "/v1/apps?workspace_id=nobody", undefined, "unknown_workspace", ["/workspace_id"]],
    ["GET", "/v1/apps/not-an-id", undefined, "not_found", ["/id"]],
  ] as const;
  for (const [method, url, body, code, pointers] of refusals) {
    const { body: problem } = await door.call(method, url, body);
    const errors = ((problem["errors"] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);
    assert.deepEqual([problem["code"], errors], [code, pointers], `${method} ${url} ${JSON.stringify(body)}`);
  }
});

test("a permission that the private app asks for may be named in another order", async () => {
  const app = await makeApp({ permissions: ["read_tickets", "read_admins"] });
  const body = { workspace_id: "second", permissions: ["read_admins", "read_tickets"] };
  assert.equal((await door.call("POST", `/v1/apps/${app}/installations`, body)).status, 201);
});

test("installations are listed page by page, each once", async () => {
  const app = await makeApp();
  for (const id of ["second", "third", "other"]) await door.call("POST", `/v1/apps/${app}/installations`, { workspace_id: id });
  const first = await door.call("GET", `/v1/apps/${app}/installations?limit=3`);
  const second = await door.call("GET", `/v1/apps/${app}/installations?limit=3&cursor=${String(first.body["next_cursor"])}`);
  const ids = [...entries(first), ...entries(second)].map(({ workspace_id }) => workspace_id);
  assert.deepEqual([ids, second.body["next_cursor"]], [["other", "third", "second", "owner"], null]);
});

test("a key of one workspace has the apps of that workspace; any other answers as if it did not exist", async () => {
  const theirs = await makeApp({ external_id: "theirs" });
  const token = "manage:other";
  const mine = await door.call("POST", "/v1/apps", { name: "Mine", workspace_id: "other" }, token);
  assert.equal(mine.status, 201);
  assert.deepEqual(
    entries(await door.call("GET", "/v1/apps", undefined, token)).map(({ id }) => id),
    [idOf(mine)],
  );
  assert.equal((await door.call("PATCH", `/v1/apps/${idOf(mine)}`, { name: "Still mine" }, token)).status, 200);
  const hidden = [
    ["GET", "/v1/apps?workspace_id=owner", undefined],
    ["POST", "/v1/apps", { name: "x", workspace_id: "owner" }],
    ["POST", `/v1/apps/${idOf(mine)}/installations`, { workspace_id: "owner" }],
    ["POST", `/v1/apps/${theirs}/installations`, { workspace_id: "other" }],
    ["GET", `/v1/apps/${theirs}`, undefined],
    ["GET", "/v1/apps/ext:theirs", undefined],
    ["GET", `/v1/apps/${theirs}/installations`, undefined],
    ["GET", `/v1/apps/${theirs}/secrets`, undefined],
    ["PATCH", `/v1/apps/${theirs}`, { name: "x" }],
    ["POST", `/v1/apps/${theirs}/secrets`, {}],
    ["POST", `/v1/apps/${theirs}/secrets/use-new`, undefined],
    ["DELETE", `/v1/apps/${theirs}/installations/owner`, undefined],
    ["DELETE", `/v1/apps/${theirs}`, undefined],
  ] as const;
  for (const [method, url, body] of hidden) {
    const answer = await door.call(method, url, body, token);
    assert.equal(answer.status, 404, `${method} ${url}: ${JSON.stringify(answer.body)}`);
  }
  assert.equal((await door.call("GET", `/v1/apps/${theirs}`)).body["name"], "An app");
});
