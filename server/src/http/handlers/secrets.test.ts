import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openControlDoor } from "../../../../test/control-door.ts";
import type { Answer, ControlDoor } from "../../../../test/control-door.ts";

let door: ControlDoor;
before(async () => {
  door = await openControlDoor();
  await door.call("POST", "/v1/workspaces", { id: "owner", name: "Owner", kind: "paid", region: "us" });
});
after(() => door.close());

type Secret = { number: number; ends_at: string | null; signs_x_hub_signature: boolean; client_secret?: string; whsec?: string };
const secrets = ({ body }: Answer): Secret[] => body["data"] as Secret[];
const summary = (answer: Answer) =>
  secrets(answer).map(({ number, ends_at, signs_x_hub_signature: hub }) => [number, ends_at !== null, hub]);

async function makeApp(): Promise<{ url: string; id: string; clientSecret: string }> {
  const { body } = await door.call("POST", "/v1/apps", { name: "App", workspace_id: "owner" });
  const id = String(body["id"]);
  return { url: `/v1/apps/${id}/secrets`, id, clientSecret: String(body["client_secret"]) };
}

test("a secret is shown to those who manage and to nobody else, and lies sealed in its row", async () => {
  const { url, id, clientSecret } = await makeApp();
  const shown = secrets(await door.call("GET", url));
  const whsec = `whsec_${Buffer.from(clientSecret).toString("base64")}`;
  assert.partialDeepStrictEqual(shown, [{ number: 1, ends_at: null, signs_x_hub_signature: true, client_secret: clientSecret, whsec }]);
  const [read] = secrets(await door.call("GET", url, undefined, "reader"));
  assert.deepEqual([read?.number, read && "client_secret" in read, read && "whsec" in read], [1, false, false]);
  assert.equal((await door.call("POST", url, {}, "reader")).body["code"], "forbidden");

  const { rows } = await door.database.control.query("select s.sealed from secret s join app a on a.ref = s.app where a.id = $1", [id]);
  assert.ok(!rows[0].sealed.includes(clientSecret));
  assert.equal(door.seal.open(rows[0].sealed, `secret:${id}:1`), clientSecret);
  assert.throws(() => door.seal.open(rows[0].sealed, `secret:${id}:2`), "bound to its place");
});

test("a rotation overlaps: the new secret is valid, the old one still signs X-Hub-Signature until somebody uses the new one", async () => {
  const { url, clientSecret } = await makeApp();
  const rotated = await door.call("POST", url, {});
  assert.equal(rotated.status, 201);
  assert.deepEqual(summary(rotated), [
    [2, false, false],
    [1, true, true],
  ]);
  const [fresh, old] = secrets(rotated);
  assert.equal(old?.client_secret, clientSecret);
  assert.notEqual(fresh?.client_secret, clientSecret);
  const leftMs = Date.parse(String(old?.ends_at)) - Date.now();
  assert.ok(Math.abs(leftMs - 24 * 3_600_000) < 60_000, "24 hours by default");

  assert.deepEqual(summary(await door.call("POST", `${url}/use-new`)), [[2, false, true]]);
  const again = await door.call("POST", `${url}/use-new`);
  assert.deepEqual([again.status, again.body["code"]], [409, "conflict"]);
});

test("at most two are valid: a rotation within a rotation ends the oldest at once", async () => {
  const { url } = await makeApp();
  await door.call("POST", url, { overlap_hours: 168 });
  assert.deepEqual(summary(await door.call("POST", url, { overlap_hours: 1 })), [
    [3, false, false],
    [2, true, true],
  ]);
  assert.deepEqual(summary(await door.call("POST", url, { overlap_hours: 0 })), [[4, false, true]], "without an overlap at once");
});

test("each rotation raises the version of its app, so that whoever cached the secrets reads them again, and is audited without them", async () => {
  const { url, id } = await makeApp();
  for (const step of [url, `${url}/use-new`]) {
    await door.call("POST", step, step === url ? {} : undefined);
    const { rows } = await door.database.control.query(
      "select a.version = c.version as raised from app a, control_version c where id = $1",
      [id],
    );
    assert.deepEqual(rows, [{ raised: true }], step);
  }
  const [secret] = secrets(await door.call("GET", url));
  const { rows } = await door.database.control.query("select route, a::text as text from audit a where subject = $1 order by id", [id]);
  assert.deepEqual(
    rows.map(({ route }) => route),
    ["createApp", "rotateSecret", "useNewSecret"],
  );
  for (const { text } of rows) assert.ok(!text.includes(String(secret?.client_secret)) && !text.includes(String(secret?.whsec)));
});

for (const body of [{ overlap_hours: -1 }, { overlap_hours: 169 }, { overlap_hours: "24" }, { hours: 1 }]) {
  test(`a rotation with ${JSON.stringify(body)} is refused`, async () => {
    const { url } = await makeApp();
    assert.equal((await door.call("POST", url, body)).body["code"], "invalid_request");
    assert.equal(secrets(await door.call("GET", url)).length, 1);
  });
}
