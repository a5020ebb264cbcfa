import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { keyTokenPattern } from "@bellhop/contract/keys";
import { openControlDoor } from "../../../../test/control-door.ts";
import type { ControlDoor } from "../../../../test/control-door.ts";
import { tokenChecksum } from "../../manage/keys-token.ts";

let door: ControlDoor;
before(async () => {
  door = await openControlDoor();
  for (const id of ["w1", "w2"]) await door.call("POST", "/v1/workspaces", { id, external_id: id, name: id, kind: "paid", region: "us" });
});
after(() => door.close());

test("a key works as soon as it is made, is never shown again, and stops at once when it is deleted", async () => {
  const made = await door.call("POST", "/v1/keys", { name: "Reader", scopes: ["read"] });
  assert.equal(made.status, 201);
  const { token, ...shown } = made.body;
  assert.match(String(token), new RegExp(keyTokenPattern));
  assert.equal(String(token).slice(-6), tokenChecksum(String(token).slice(0, -6)), "a secret scanner can check it");

  assert.equal((await door.call("GET", "/v1/workspaces", undefined, String(token))).status, 200);
  assert.equal((await door.call("POST", "/v1/keys", { name: "x", scopes: ["read"] }, String(token))).body["code"], "forbidden");
  const list = await door.call("GET", "/v1/keys");
  assert.deepEqual((list.body["data"] as object[])[0], shown);

  assert.equal((await door.call("DELETE", `/v1/keys/${String(shown["id"])}`)).status, 204);
  assert.equal((await door.call("GET", "/v1/workspaces", undefined, String(token))).status, 401);
  assert.equal((await door.call("DELETE", `/v1/keys/${String(shown["id"])}`)).body["code"], "not_found");
});

test("a token that was tried before it existed works once its key is made", async () => {
  const { rows } = await door.database.control.query("select count(*) as count from key");
  assert.equal((await door.call("GET", "/v1/keys", undefined, "not-a-key-of-anybody")).status, 401);
  assert.equal((await door.call("GET", "/v1/keys", undefined, "not-a-key-of-anybody")).status, 401);
  assert.deepEqual((await door.database.control.query("select count(*) as count from key")).rows, rows);
  const hash = createHash("sha256").update("not-a-key-of-anybody").digest();
  await door.database.control.query("insert into key (id, hash, name, scopes) values ('key_aaaaaaaaaaaaaaaa', $1, 'late', '{admin}')", [
    hash,
  ]);
  await door.call("POST", "/v1/keys", { name: "any change", scopes: ["read"] });
  assert.equal((await door.call("GET", "/v1/keys", undefined, "not-a-key-of-anybody")).status, 200);
  await door.database.control.query("delete from key where id = 'key_aaaaaaaaaaaaaaaa'");
});

test("neither the table nor the audit has the token of a key", async () => {
  const { body } = await door.call("POST", "/v1/keys", { name: "Secret", scopes: ["publish"] });
  const { rows } = await door.database.control.query(
    "select k::text as text from key k union all select encode(hash, 'escape') from key union all select a::text from audit a",
  );
  for (const { text } of rows) assert.ok(!text.includes(String(body["token"])));
});

test("a key of a workspace sees that workspace, and is gone with it", async () => {
  await door.call("POST", "/v1/workspaces", { id: "shortlived", name: "s", kind: "paid", region: "us" });
  const { body } = await door.call("POST", "/v1/keys", { name: "Bound", scopes: ["manage"], workspace_id: "shortlived" });
  assert.equal(body["workspace_id"], "shortlived");
  const token = String(body["token"]);
  assert.match(token, /^bh_wsp_/);
  assert.equal((await door.call("GET", "/v1/workspaces/shortlived", undefined, token)).status, 200);
  assert.equal((await door.call("GET", "/v1/workspaces/w1", undefined, token)).status, 404);
  assert.equal((await door.call("DELETE", "/v1/workspaces/shortlived")).status, 204);
  assert.equal((await door.call("GET", "/v1/workspaces/shortlived", undefined, token)).status, 401);
});

test("the last admin key without an end stays, so that nobody locks everybody out", async () => {
  const lasting = await door.call("POST", "/v1/keys", { name: "Lasting", scopes: ["admin"] });
  const ending = await door.call("POST", "/v1/keys", { name: "Ending", scopes: ["admin"], expires_at: "2999-01-01T00:00:00Z" });
  const refused = await door.call("DELETE", `/v1/keys/${String(lasting.body["id"])}`);
  assert.deepEqual([refused.status, refused.body["code"]], [409, "conflict"]);
  const another = await door.call("POST", "/v1/keys", { name: "Another", scopes: ["admin", "read"] });
  assert.match(String(another.body["token"]), /^bh_adm_/);
  for (const made of [ending, lasting]) assert.equal((await door.call("DELETE", `/v1/keys/${String(made.body["id"])}`)).status, 204);
});

test("keys that cannot be are refused with every mistake", async () => {
  const key = { name: "k", scopes: ["read"] };
  const refusals = [
    [{ scopes: ["read"] }, 422, "invalid_request", ["/name"]],
    [{ ...key, scopes: [] }, 422, "invalid_request", ["/scopes"]],
    [{ ...key, scopes: ["root"] }, 422, "invalid_request", ["/scopes/0"]],
    [{ ...key, scopes: ["public"] }, 422, "invalid_request", ["/scopes/0"]],
    [{ ...key, scopes: ["read", "read"] }, 422, "invalid_request", ["/scopes"]],
    [{ ...key, color: "red" }, 422, "invalid_request", ["/color"]],
    [{ ...key, workspace_id: "nobody" }, 404, "unknown_workspace", ["/workspace_id"]],
    [{ ...key, scopes: ["read", "metrics", "admin"], workspace_id: "w1" }, 422, "invalid_request", ["/scopes/1", "/scopes/2"]],
    [{ ...key, expires_at: "2001-01-01T00:00:00Z" }, 422, "invalid_request", ["/expires_at"]],
    [{ ...key, expires_at: "2999-13-41T00:00:00Z" }, 422, "invalid_request", ["/expires_at"]],
    [{ ...key, expires_at: "2999-02-30T00:00:00Z" }, 422, "invalid_request", ["/expires_at"]],
    [{ ...key, expires_at: "tomorrow" }, 422, "invalid_request", ["/expires_at"]],
    [{ ...key, expires_at: 4_000_000_000 }, 422, "invalid_request", ["/expires_at"]],
  ] as const;
  for (const [body, status, code, pointers] of refusals) {
    const answer = await door.call("POST", "/v1/keys", body);
    const errors = (answer.body["errors"] ?? []) as { pointer: string }[];
    assert.deepEqual(
      [answer.status, answer.body["code"], errors.map(({ pointer }) => pointer)],
      [status, code, pointers],
      JSON.stringify(body),
    );
  }
});

test("the list of keys goes page by page, also when the key of the cursor was deleted meanwhile", async () => {
  const ids: string[] = [];
  for (const name of ["a", "b", "c"]) ids.unshift(String((await door.call("POST", "/v1/keys", { name, scopes: ["read"] })).body["id"]));
  const first = await door.call("GET", "/v1/keys?limit=2");
  assert.deepEqual(
    (first.body["data"] as { id: string }[]).map(({ id }) => id),
    ids.slice(0, 2),
  );
  await door.call("DELETE", `/v1/keys/${String(ids[1])}`);
  const second = await door.call("GET", `/v1/keys?limit=1&cursor=${String(first.body["next_cursor"])}`);
  assert.deepEqual(
    (second.body["data"] as { id: string }[]).map(({ id }) => id),
    ids.slice(2),
  );
});
