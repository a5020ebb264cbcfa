import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openControlDoor } from "../../../../test/control-door.ts";
import type { Answer, ControlDoor } from "../../../../test/control-door.ts";

let door: ControlDoor;
before(async () => {
  door = await openControlDoor();
  for (const id of ["owner", "second", "third"]) await door.call("POST", "/v1/workspaces", { id, name: id, kind: "paid", region: "us" });
});
after(() => door.close());

const status = "/v1/app_install/status";
const report = (token: unknown, body: object): Promise<Answer> => door.call("POST", status, body, String(token));
const isWell = { state: "OK" };

type Made = { installations: string; token: string; id: string };

async function makeApp(): Promise<Made> {
  const { body } = await door.call("POST", "/v1/apps", { name: "An app", workspace_id: "owner" });
  return {
    id: String(body["id"]),
    installations: `/v1/apps/${String(body["id"])}/installations`,
    token: String(body["installation_access_token"]),
  };
}

async function healthIn(installations: string, workspace: string): Promise<Record<string, unknown> | null> {
  const { body } = await door.call("GET", installations);
  const found = (body["data"] as Record<string, unknown>[]).find((each) => each["workspace_id"] === workspace);
  assert.ok(found, `installed in ${workspace}`);
  assert.equal("access_token" in found, false, "shown once only");
  return found["health"] as Record<string, unknown> | null;
}

test("an app says by itself how it is in a workspace, and that is shown there and nowhere else", async () => {
  const { installations, token } = await makeApp();
  const second = await door.call("POST", installations, { workspace_id: "second" });
  assert.equal(second.status, 201);
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.match(String(second.body["access_token"]), /^[A-Za-z0-9_-]{43}$/);
  assert.deepEqual([second.body["health"], await healthIn(installations, "owner")], [null, null]);

  const unwell = {
    state: "UNHEALTHY",
    message: "Sign in again",
    cta_type: "URL_CTA",
    cta_label: "Sign in",
    cta_url: "https://app.test/in",
  };
  const said = await report(second.body["access_token"], unwell);
  assert.equal(said.status, 200);
  const { at, ...rest } = said.body;
  assert.deepEqual(rest, { ...unwell, by: "report", unreadable: null });
  assert.ok(Math.abs(Date.parse(String(at)) - Date.now()) < 60_000);
  assert.deepEqual(await healthIn(installations, "second"), said.body);
  assert.equal(await healthIn(installations, "owner"), null);

  const well = await report(second.body["access_token"], isWell);
  assert.partialDeepStrictEqual(well.body, { state: "OK", message: null, cta_type: null, cta_label: null, cta_url: null });
  assert.deepEqual(await healthIn(installations, "second"), well.body);
  assert.equal((await report(token, isWell)).status, 200);
  assert.partialDeepStrictEqual(await healthIn(installations, "owner"), { state: "OK", by: "report" });
});

test("only the token of a living installation may report", async () => {
  const { id, installations, token } = await makeApp();
  const made = await door.call("POST", installations, { workspace_id: "third" });
  for (const wrong of ["", "admin", "x".repeat(43), `${token}x`, id]) {
    const refused = await report(wrong, isWell);
    assert.deepEqual([refused.status, refused.body["code"]], [401, "unauthorized"], wrong);
  }
  assert.equal((await door.call("GET", installations, undefined, token)).status, 401, "it is no key");

  const inThird = made.body["access_token"];
  assert.equal((await report(inThird, { state: "UNHEALTHY", message: "Down" })).status, 200);
  await door.call("DELETE", `${installations}/third`);
  assert.equal((await report(inThird, isWell)).status, 401, "uninstalled");

  const again = await door.call("POST", installations, { workspace_id: "third" });
  assert.deepEqual([again.status, again.body["health"]], [201, null], "what was said before is forgotten");
  assert.equal((await report(inThird, isWell)).status, 401, "the token of the installation before");
  assert.equal((await report(again.body["access_token"], isWell)).status, 200);

  assert.equal((await door.call("DELETE", `/v1/apps/${id}`)).status, 204);
  assert.equal((await report(token, isWell)).status, 401, "its app is deleted");
});

test("an installation keeps its token when what it holds changes, and gets a new one when that is asked for", async () => {
  const { installations, token } = await makeApp();
  const changed = await door.call("POST", installations, { workspace_id: "owner" });
  assert.deepEqual([changed.status, "access_token" in changed.body], [200, false]);
  assert.equal((await report(token, isWell)).status, 200);

  const renewed = await door.call("POST", installations, { workspace_id: "owner", new_access_token: true });
  assert.equal(renewed.status, 200);
  assert.partialDeepStrictEqual(renewed.body["health"], { state: "OK" }, "what it said stays");
  assert.equal((await report(token, isWell)).status, 401);
  assert.equal((await report(renewed.body["access_token"], isWell)).status, 200);
});

test("neither the table nor the audit has the token", async () => {
  const { installations } = await makeApp();
  const { body } = await door.call("POST", installations, { workspace_id: "second" });
  const { rows } = await door.database.control.query<{ text: string }>(
    "select i::text as text from installation i union all select a::text from audit a",
  );
  assert.ok(rows.length > 0);
  for (const { text } of rows) assert.ok(!text.includes(String(body["access_token"])));
});

test("a report with mistakes is refused with all of them, and changes nothing", async () => {
  const { installations, token } = await makeApp();
  await report(token, { state: "UNKNOWN", message: "Starting" });
  const before = await healthIn(installations, "owner");
  const link = { state: "OK", cta_type: "URL_CTA", cta_label: "Look", cta_url: "https://app.test/" };
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{}, ["/state"]],
    [{ state: "ok" }, ["/state"]],
    [{ state: "OK", health: 1 }, ["/health"]],
    [{ state: "UNHEALTHY" }, ["/message"]],
    [{ state: "UNHEALTHY", message: "x".repeat(2_085) }, ["/message"]],
    [{ ...link, cta_type: "CALL_CTA" }, ["/cta_type"]],
    [{ ...link, cta_label: "x".repeat(101) }, ["/cta_label"]],
    [{ ...link, cta_url: "javascript:alert(1)" }, ["/cta_url"]],
    [{ state: "UNHEALTHY", cta_type: "URL_CTA" }, ["/message", "/cta_label", "/cta_url"]],
  ];
  for (const [body, pointers] of cases) {
    const refused = await report(token, body);
    assert.deepEqual([refused.status, refused.body["code"]], [422, "invalid_request"], JSON.stringify(body));
    const told = (refused.body["errors"] as { pointer: string }[]).map(({ pointer }) => pointer);
    assert.deepEqual([...new Set(told)], pointers);
  }
  const large = await report(token, { state: "UNKNOWN", message: "x".repeat(65_536) });
  assert.deepEqual([large.status, large.body["detail"]], [413, "The body may have at most 65536 bytes."]);
  assert.deepEqual(await healthIn(installations, "owner"), before);
  assert.equal((await report(token, { state: "UNHEALTHY", message: "\u{1f642}".repeat(2_084) })).status, 200, "the longest message");
});

test("only so many reports wait for the database at once; the rest are told to come again", async () => {
  const { token } = await makeApp();
  const locking = await door.database.read.connect();
  await locking.query("begin");
  await locking.query("lock table installation in exclusive mode");
  const refused = Promise.withResolvers<Answer>();
  const reports = Array.from({ length: 20 }, async () => {
    const answer = await report(token, isWell);
    if (answer.status !== 200) refused.resolve(answer);
    return answer.status;
  });
  assert.partialDeepStrictEqual(await refused.promise, { status: 503, body: { code: "unavailable" } });
  await locking.query("commit");
  locking.release();
  const statuses = await Promise.all(reports);
  assert.deepEqual(new Set(statuses), new Set([200, 503]));
  assert.equal(statuses.filter((each) => each === 200).length, 16);
  assert.equal((await report(token, isWell)).status, 200, "there is room again");
});
