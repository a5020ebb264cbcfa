// What an operator meets at a start: a folder in use, a wrong key, a program that was killed, the sample.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { testPort } from "../port.ts";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import { isAlive, mainFile, makeProgram } from "../program.ts";
import type { Program } from "../program.ts";
import { Load } from "./load.ts";
import { assertOneIdEach, everythingArrived } from "./promises.ts";

const ticket = "ticket.created";
const removeFile = new URL("../../server/src/sample-remove.ts", import.meta.url).pathname;
/** How long one look waits before it looks again. */
const answerWithinMs = 200;
/** As somebody starts it who has set nothing: the first key is made and written to a file. */
const nothingSet = { BELLHOP_ADMIN_KEY: "" };

test("a second start on the same folder ends with 1 and says where the first one listens", async (t) => {
  const program = await makeProgram(t);
  await program.start();
  const port = String(await testPort());
  const { how, output } = await program.run(mainFile, ["--no-sample"], { PORT: port });
  assert.equal(how, "1");
  assert.ok(output.includes(program.url), output);
  assert.equal((await program.call("GET", "/readyz")).status, 200);

  // Without a sample there is nothing in it.
  assert.deepEqual(await program.must("GET", "/v1/workspaces"), { data: [], next_cursor: null });
  assert.equal(existsSync(join(program.dataDir, "sample.json")), false);
});

test("a wrong encryption key is refused in a sentence before anything listens", async (t) => {
  const program = await makeProgram(t);
  await program.start();
  await program.makeApp("w", []);
  assert.equal(await program.kill("SIGTERM"), "0");

  const watched = new AbortController();
  const listened = watchPort(program.port, watched.signal);
  const { how, output } = await program.run(mainFile, ["--no-sample"], { BELLHOP_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString("base64") });
  watched.abort();
  assert.equal(how, "1");
  assert.equal(await listened, false);
  assert.match(output, /encryption key/i);
  assert.equal(output.trim().split("\n").length, 1, output);
  await program.start();
});

test("after kill -9 no PostgreSQL stays behind, and the next start goes on", async (t) => {
  const program = await makeProgram(t);
  await program.start();
  const ledger = await makeLedger(t);
  const app = await program.makeApp("w", [{ url: `${ledger.url}/one`, topics: [ticket] }]);
  ledger.secret = app.secret;
  const load = new Load(program, "ext:w", [ticket]);
  for (let round = 0; round < 2; round++) {
    const { postmaster } = program;
    assert.ok(postmaster !== null && isAlive(postmaster));
    await load.publish(20);
    await program.kill("SIGKILL");
    await eventually(() => (isAlive(postmaster) ? null : true));
    await program.start();
    assert.notEqual(program.postmaster, postmaster);
  }
  await everythingArrived(load.acknowledged, [{ ledger, path: "/one", topics: [ticket] }]);
  assertOneIdEach([ledger]);
});

test("a first start makes a sample, delivers it, and prints the command that publishes another event", async (t) => {
  const program = await makeProgram(t, nothingSet);
  await program.start([]);
  const { inbox, command } = await printed(program);
  assert.match(program.output, /Delivered to the inbox so far: 10\./);
  const first = await inboxOf(inbox);
  assert.equal(first.received.filter(({ path, body }) => path === "/webhooks" && !body.includes('"topic":"ping"')).length, 10);
  assert.deepEqual(
    first.received.filter(({ hub, standard }) => hub !== "right" || standard !== "right"),
    [],
  );

  await promisify(execFile)("/bin/sh", ["-c", command]);
  await eventually(async () => ((await inboxOf(inbox)).received.some(({ body }) => body.includes('"id":"42"')) ? true : null));

  assert.equal(await program.kill("SIGTERM"), "0");
  await program.start([]);
  const again = await printed(program);
  await promisify(execFile)("/bin/sh", ["-c", again.command]);
  await eventually(async () => ((await inboxOf(again.inbox)).received.some(({ body }) => body.includes('"id":"42"')) ? true : null));
});

for (const running of [true, false]) {
  test(`the sample is removed while the program ${running ? "runs" : "does not run"}, and does not come back`, async (t) => {
    const program = await makeProgram(t, nothingSet);
    await program.start([]);
    await printed(program);
    if (!running) assert.equal(await program.kill("SIGTERM"), "0");
    assert.deepEqual(await program.run(removeFile, []), { how: "0", output: "The sample is removed.\n" });
    assert.deepEqual(await program.run(removeFile, []), { how: "0", output: "There is no sample in this data folder.\n" });
    if (!running) await program.start();
    assert.deepEqual(await listed(program, "/v1/workspaces"), []);
    assert.deepEqual(await listed(program, "/v1/apps"), []);
  });
}

type Inbox = { total: number; received: { path: string; body: string; hub: string; standard: string }[] };

async function inboxOf(url: string): Promise<Inbox> {
  return (await (await fetch(url)).json()) as Inbox;
}

/** What the start printed for people: where the sample's inbox is, and the command. */
async function printed(program: Program): Promise<{ inbox: string; command: string }> {
  return eventually(() => {
    const [, inbox] = /test inbox is (http:\S+?)\.?\s/.exec(program.output) ?? [];
    const [command] = /curl -s \S+\/v1\/events .*/.exec(program.output) ?? [];
    return inbox === undefined || command === undefined ? null : { inbox, command };
  });
}

async function listed(program: Program, path: string): Promise<unknown[]> {
  const key = (await promisify(execFile)("cat", [join(program.dataDir, "admin.key")])).stdout.trim();
  const answer = await fetch(program.url + path, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { data: unknown[] }).data;
}

/** Whether anybody answered until it was aborted. That a port is free is found by listening on it for a moment. */
async function watchPort(port: number, until: AbortSignal): Promise<boolean> {
  while (!until.aborted) if (await answers(port)) return true;
  return false;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"));
    socket.setTimeout(answerWithinMs, () => socket.destroy());
    socket.once("data", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}
