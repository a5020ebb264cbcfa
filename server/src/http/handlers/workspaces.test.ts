import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openControlDoor } from "../../../../test/control-door.ts";
import type { ControlDoor } from "../../../../test/control-door.ts";

let door: ControlDoor;
before(async () => void (door = await openControlDoor()));
after(() => door.close());

const acme = { id: "acme", external_id: "customer 1", name: "Acme", kind: "paid", region: "us" };

test("a workspace is made, found by both of its ids, changed, listed and deleted; each change leaves an audit row", async () => {
  const made = await door.call("POST", "/v1/workspaces", acme);
  assert.equal(made.status, 201);
  assert.partialDeepStrictEqual(made.body, acme);
  assert.deepEqual((await door.call("GET", "/v1/workspaces/ext:customer%201")).body, made.body);

  const changed = await door.call("PATCH", "/v1/workspaces/acme", { kind: "trial", external_id: null });
  assert.deepEqual(changed.body, { ...made.body, kind: "trial", external_id: null });
  assert.equal((await door.call("GET", "/v1/workspaces/ext:customer%201")).status, 404);

  assert.equal((await door.call("DELETE", "/v1/workspaces/acme")).status, 204);
  assert.partialDeepStrictEqual(await door.call("GET", "/v1/workspaces/acme"), { status: 404, body: { code: "unknown_workspace" } });
  assert.equal((await door.call("POST", "/v1/workspaces", acme)).status, 201, "the id of a deleted workspace is free again");

  const { rows } = await door.database.control.query(
    "select key, route, before, after from audit where subject = 'acme' order by id limit 3",
  );
  assert.deepEqual(
    rows.map(({ key, route, before, after }) => [key, route, before?.kind, after?.kind]),
    [
      ["key_admin", "createWorkspace", undefined, "paid"],
      ["key_admin", "changeWorkspace", "paid", "trial"],
      ["key_admin", "deleteWorkspace", "trial", undefined],
    ],
  );
});

test("an id that nobody gave has eight lower-case letters and digits", async () => {
  const { body } = await door.call("POST", "/v1/workspaces", { name: "No id", kind: "development", region: "eu" });
  assert.match(String(body["id"]), /^[a-z0-9]{8}$/);
});

test("PUT makes a workspace, changes it, and writes nothing when there is nothing to change", async () => {
  const wanted = { name: "Put", kind: "paid", region: "au" };
  const made = await door.call("PUT", "/v1/workspaces/ext:put", wanted);
  assert.equal(made.status, 201);
  const version = await controlVersion();
  assert.deepEqual(await door.call("PUT", "/v1/workspaces/ext:put", wanted), { status: 200, body: made.body });
  assert.equal(await controlVersion(), version);
  const changed = await door.call("PUT", "/v1/workspaces/ext:put", { ...wanted, kind: "trial" });
  assert.deepEqual(changed, { status: 200, body: { ...made.body, kind: "trial" } });
  assert.equal(await controlVersion(), version + 1);
});

test("the list goes page by page, newest first, and each workspace is on one page", async () => {
  for (const id of ["p1", "p2", "p3", "p4", "p5"]) await door.call("POST", "/v1/workspaces", { ...acme, id, external_id: id });
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const { body } = await door.call("GET", `/v1/workspaces?limit=2${cursor && `&cursor=${cursor}`}`);
    const page = body as { data: { id: string }[]; next_cursor: string | null };
    assert.ok(page.data.length <= 2);
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  assert.deepEqual(seen.slice(0, 5), ["p5", "p4", "p3", "p2", "p1"]);
  assert.equal(new Set(seen).size, seen.length);
});

test("what cannot be is refused with its code, and nothing is stored", async () => {
  await door.call("POST", "/v1/workspaces", { ...acme, id: "taken", external_id: "taken" });
  const other = { name: "Other", kind: "paid", region: "us" };
  const version = await controlVersion();
  const refusals = [
    ["POST", "/v1/workspaces", { ...other, id: "taken" }, 409, "already_exists", "/id"],
    ["POST", "/v1/workspaces", { ...other, external_id: "taken" }, 409, "already_exists", "/external_id"],
    ["POST", "/v1/workspaces", { ...other, region: "mars" }, 422, "invalid_request"],
    ["POST", "/v1/workspaces", { ...other, kind: "free" }, 422, "invalid_request"],
    ["POST", "/v1/workspaces", { ...other, id: "a b" }, 422, "invalid_request"],
    ["POST", "/v1/workspaces", { ...other, id: "x".repeat(65) }, 422, "invalid_request"],
    ["POST", "/v1/workspaces", { ...other, name: "" }, 422, "invalid_request"],
    ["POST", "/v1/workspaces", { ...other, name: "bell\u0007" }, 422, "invalid_request"],
    ["POST", "/v1/workspaces", { ...other, name: "  " }, 422, "invalid_request", "/name"],
    ["POST", "/v1/workspaces", { ...other, plan: "gold" }, 422, "invalid_request"],
    ["POST", "/v1/workspaces", { kind: "paid", region: "us" }, 422, "invalid_request"],
    ["PATCH", "/v1/workspaces/taken", {}, 422, "invalid_request"],
    ["PATCH", "/v1/workspaces/taken", { region: "eu" }, 422, "invalid_request"],
    ["PATCH", "/v1/workspaces/nobody", { name: "x" }, 404, "unknown_workspace"],
    ["PATCH", "/v1/workspaces/p1", { external_id: "taken" }, 409, "already_exists", "/external_id"],
    ["PUT", "/v1/workspaces/taken", other, 422, "invalid_request", "/id"],
    ["PUT", "/v1/workspaces/ext:taken", { ...other, region: "eu" }, 409, "conflict"],
    ["PUT", "/v1/workspaces/ext:new", { ...other, region: "mars" }, 422, "invalid_request"],
    ["DELETE", "/v1/workspaces/nobody", undefined, 404, "unknown_workspace"],
    ["GET", "/v1/workspaces/ext:%00", undefined, 400, "invalid_query"],
    ["GET", "/v1/workspaces?limit=101", undefined, 400, "invalid_query"],
    ["GET", "/v1/workspaces?limit=many", undefined, 400, "invalid_query"],
    ["GET", "/v1/workspaces?color=red", undefined, 400, "invalid_query"],
    ["GET", "/v1/workspaces?cursor=nonsense", undefined, 400, "invalid_cursor", "/cursor"],
    ["GET", `/v1/workspaces?cursor=${Buffer.from("apps 1").toString("base64url")}`, undefined, 400, "invalid_cursor", "/cursor"],
  ] as const;
  for (const [method, url, body, status, code, pointer] of refusals) {
    const answer = await door.call(method, url, body);
    if (pointer !== undefined) assert.equal((answer.body["errors"] as { pointer: string }[])[0]?.pointer, pointer, url);
    assert.deepEqual([answer.status, answer.body["code"]], [status, code], `${method} ${url} ${JSON.stringify(body)}`);
  }
  assert.equal(await controlVersion(), version);
});

test("what has a form of its own says in words what it must be, not as a regular expression", async () => {
  const said = async (method: "GET" | "POST", url: string, body?: object): Promise<unknown> =>
    ((await door.call(method, url, body)).body["errors"] as { message: string }[]).map(({ message }) => message);
  assert.deepEqual(await said("POST", "/v1/workspaces", { ...acme, id: "a b", name: " " }), [
    "must be 1-64 letters, digits, _ and -",
    "must be 1-100 characters, not all of them blank and no control characters",
  ]);
  assert.deepEqual(await said("GET", "/v1/apps/nope"), ["must be an app's id, or ext: and the operator's own id of it"]);
  assert.deepEqual(await said("GET", "/v1/apps?workspace_id=!"), ["must be a workspace's id, or ext: and the operator's own id of it"]);
});

test("a key of one workspace sees that one only, may rename it, and may neither entitle nor delete it", async () => {
  await door.call("POST", "/v1/workspaces", { ...acme, id: "mine", external_id: "mine" });
  await door.call("POST", "/v1/workspaces", { ...acme, id: "theirs", external_id: "theirs" });
  const token = "manage:mine";
  const list = await door.call("GET", "/v1/workspaces", undefined, token);
  assert.deepEqual(
    (list.body["data"] as { id: string }[]).map(({ id }) => id),
    ["mine"],
  );
  assert.equal((await door.call("PATCH", "/v1/workspaces/mine", { name: "Renamed" }, token)).body["name"], "Renamed");
  const random = await door.call("GET", "/v1/workspaces/nobody", undefined, token);
  for (const url of ["/v1/workspaces/theirs", "/v1/workspaces/ext:theirs"]) {
    const answer = await door.call("GET", url, undefined, token);
    assert.deepEqual([answer.status, answer.body["code"]], [random.status, random.body["code"]]);
    assert.equal((await door.call("PATCH", url, { name: "x" }, token)).status, 404);
    assert.equal((await door.call("DELETE", url, undefined, token)).status, 404);
  }
  const put = { name: "Theirs", kind: "paid", region: "us" };
  const forbidden = [
    ["POST", "/v1/workspaces", put],
    ["PUT", "/v1/workspaces/ext:theirs", put],
    ["PATCH", "/v1/workspaces/mine", { kind: "development" }],
    ["PATCH", "/v1/workspaces/mine", { external_id: "another" }],
    ["DELETE", "/v1/workspaces/mine", undefined],
  ] as const;
  for (const [method, url, body] of forbidden) {
    assert.equal((await door.call(method, url, body, token)).body["code"], "forbidden", `${method} ${url}`);
  }
  assert.equal((await door.call("POST", "/v1/workspaces", put, "reader")).status, 403, "reading is not managing");
});

async function controlVersion(): Promise<number> {
  const { rows } = await door.database.control.query<{ version: number }>("select version from control_version");
  return rows[0]?.version ?? 0;
}
