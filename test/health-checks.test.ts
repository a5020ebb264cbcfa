import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import pg from "pg";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

type Health = { state: string; message: string | null; by: string } | null;

async function healthOf(program: TestProgram, app: string): Promise<Health> {
  const { data } = await program.must<{ data: { health: Health }[] }>("GET", `/v1/apps/${app}/installations`);
  return data[0]?.health ?? null;
}

/** The minute of the day, in UTC, at which the only installation has its turn. */
async function minuteOf(program: TestProgram): Promise<number> {
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ health_minute: number }>("select health_minute from installation");
  await client.end();
  return rows[0]?.health_minute ?? assert.fail("nothing is installed");
}

function untilMinuteMs(nowMs: number, minute: number): number {
  return (minute * minuteMs - (nowMs % dayMs) + dayMs) % dayMs;
}

test("within a day the program asks an app how it is, signed with its secret, and hears it unasked too", async (t) => {
  const program = await startTestProgram(t, { virtual: true });
  const asked: { url: string | undefined; body: string; headers: IncomingHttpHeaders }[] = [];
  const endpoint = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ url: request.url, body, headers: request.headers });
      response.end(JSON.stringify({ state: "UNHEALTHY", message: "Sign in again", cta_type: "REINSTALL_CTA" }));
    });
  }).listen(0, "127.0.0.1");
  t.after(() => endpoint.close());
  await once(endpoint, "listening");
  const health_url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/health?from=bellhop`;
  const wanted = { topics: ["ticket.created"], app: { health_url } };
  const { app, workspace, secret } = await program.makeInstalled(wanted);
  assert.equal(await healthOf(program, app), null);

  // Whenever it starts, it looks for those of the last hours.
  const minute = await minuteOf(program);
  await program.stop();
  await program.advance(untilMinuteMs(program.nowMs, minute) + minuteMs);
  await program.start();
  const health = await eventually(() => healthOf(program, app));
  assert.partialDeepStrictEqual(health, { state: "UNHEALTHY", message: "Sign in again", cta_type: "REINSTALL_CTA", by: "check" });
  const [{ url, body, headers } = assert.fail("nobody was asked")] = asked;
  assert.equal(url, "/health?from=bellhop");
  assert.equal(body, `{"workspace_id":"${workspace}"}`);
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["x-body-signature"], createHmac("sha256", secret).update(body).digest("hex"));

  const renewal = { workspace_id: workspace, new_access_token: true };
  const { access_token: token } = await program.must<{ access_token: string }>("POST", `/v1/apps/${app}/installations`, renewal);
  await program.must("POST", "/v1/app_install/status", { state: "OK" }, { authorization: `Bearer ${token}` });
  assert.partialDeepStrictEqual(await healthOf(program, app), { state: "OK", message: null, by: "report" });
  assert.equal((await program.call("POST", "/v1/app_install/status", { state: "OK" })).status, 401, "not with the operator's key");
  assert.equal(asked.length, 1);
});
