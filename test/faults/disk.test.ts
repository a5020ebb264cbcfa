// The disk of the private PostgreSQL fills, by somebody else's doing: nearly, which the program sees itself every ten seconds,
// and wholly, between two such looks. What it then answers, what it says, and that nothing acknowledged is lost.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { suite } from "node:test";
import type { TestContext } from "node:test";
import pg from "pg";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import type { Ledger } from "../ledger.ts";
import { mainFile, makeProgram } from "../program.ts";
import type { Program } from "../program.ts";
import { endWithParent, findNamespace, hasSmallDisks, runInside, SmallDisk } from "./disk-small.ts";
import { Load, startLoad } from "./load.ts";
import { assertAllSigned, assertNothingElse, assertOneIdEach, everythingArrived, everythingRecorded } from "./promises.ts";
import type { Receiver } from "./promises.ts";

const ticket = "ticket.created";
/** Room for a new PostgreSQL, and for several files of its log beside what must stay free. */
const diskMib = 400;
/** The program wants a tenth of so small a disk to be free. */
const nearlyFullPart = 0.08;
const eventsBetween = 100;
const refusalsWanted = 10;
const noSpace = /No space left on device/;

type World = { readonly disk: SmallDisk; readonly program: Program; readonly ledger: Ledger; readonly receivers: readonly Receiver[] };

const namespace = hasSmallDisks ? null : findNamespace();
if (namespace && "command" in namespace) {
  await runInside(namespace.command, import.meta.filename);
} else {
  if (hasSmallDisks) endWithParent();
  const skip = namespace ? namespace.missing : false;
  if (skip !== false) process.stderr.write(`A full disk is not tested: ${skip}\n`);
  suite("a small disk", { concurrency: true }, () => {
    test(
      "nearly full: nothing is accepted, what was accepted is delivered, and publishing goes on when there is room",
      { skip },
      nearlyFull,
    );
    test("full: publishing is refused, the program says why, and nothing acknowledged is lost", { skip }, full);
  });
}

async function nearlyFull(t: TestContext): Promise<void> {
  const { disk, program, ledger, receivers } = await startOnSmallDisk(t);
  const load = new Load(program, "ext:w", [ticket]);
  ledger.answer = () => "never";
  await load.publish(40);
  await eventually(() => (ledger.open.length > 0 ? true : null));

  disk.fill(nearlyFullPart * disk.totalBytes);
  const { status, body, retryAfter } = await eventually(async () => refusal(program));
  assert.deepEqual([status, body.code, retryAfter], [503, "storage_low", "60"]);
  assert.match(body.detail, /^The disk of the database has \d+ MiB left, fewer than 40;/);
  await load.publish(10);
  assert.deepEqual(load.answers.at(-1), { status: 503, codes: Array.from({ length: 10 }, () => "storage_low"), retryAfter: "60" });

  ledger.answer = () => ({ status: 200 });
  ledger.release(200);
  await everythingArrived(load.acknowledged, receivers);
  await everythingRecorded(program);
  assert.equal((await refusal(program))?.body.code, "storage_low", "it was delivered while nothing was accepted");
  assert.equal((await program.call("GET", "/readyz")).status, 200);

  disk.free();
  await eventually(async () => ((await refusal(program)) === null ? true : null));
  assert.equal(load.acknowledged.length, 40);
  assertOneIdEach([ledger]);
}

async function full(t: TestContext): Promise<void> {
  const { disk, program, ledger, receivers } = await startOnSmallDisk(t);
  const load = startLoad(t, program, "ext:w", [ticket]);
  await load.moreAcknowledged(eventsBetween);

  // Tables cannot grow, while the database's log still has room.
  await onDatabase(program, async (client) => client.query("select pg_switch_wal()"));
  await refusedUnder(load, disk);
  assert.ok(program.isRunning);
  disk.free();
  await load.moreAcknowledged(eventsBetween);

  // Its log has no room either, without which PostgreSQL cannot be.
  disk.fill();
  const ended = program.ended();
  await onDatabase(program, endLog).catch(() => undefined);
  assert.equal(await ended, "1");
  assert.match(program.output, noSpace);
  assert.match(program.output, /^Bellhop cannot go on: The private PostgreSQL ended by itself/m);
  disk.fill();
  const refused = await program.run(mainFile, ["--no-sample"]);
  assert.equal(refused.how, "1");
  assert.match(refused.output, noSpace);

  disk.free(nearlyFullPart * disk.totalBytes);
  await program.start();
  assert.equal((await refusal(program))?.body.code, "storage_low", "a start looks at once");
  await load.stop();
  await judge({ program, ledger, receivers }, load);
  t.diagnostic(`${load.acknowledged.length} acknowledged, ${load.answers.filter(({ status }) => status === 503).length} answers 503`);
}

/** Until so many publishes were answered 503 for want of room; whatever room appears meanwhile is taken. */
async function refusedUnder(load: Load, disk: SmallDisk): Promise<void> {
  const before = load.answers.length;
  await eventually(() => {
    disk.fill();
    return load.answers.slice(before).filter(({ status }) => status === 503).length >= refusalsWanted ? true : null;
  });
}

async function judge({ program, ledger, receivers }: Pick<World, "program" | "ledger" | "receivers">, load: Load): Promise<void> {
  assert.deepEqual(
    load.answers.filter(({ status }) => status !== 202 && status !== 503),
    [],
  );
  const codes = new Set(load.answers.flatMap((answer) => answer.codes));
  assert.deepEqual(codes.difference(new Set(["storage_low", "unavailable", "outcome_unknown"])), new Set());
  assert.deepEqual(
    load.answers.filter(({ status, retryAfter }) => status === 503 && retryAfter === null),
    [],
  );
  await everythingArrived(load.acknowledged, receivers);
  await everythingRecorded(program);
  assertOneIdEach([ledger]);
  assertAllSigned([ledger]);
  assertNothingElse(load.published, receivers);
  const refused = new Set([...load.published.values()].filter(({ outcome }) => outcome === "refused").map(({ object }) => object));
  assert.deepEqual(
    ledger.entries.filter(({ object }) => refused.has(object)),
    [],
    "what was refused was stored",
  );
}

async function startOnSmallDisk(t: TestContext): Promise<World> {
  const disk = new SmallDisk(diskMib);
  const program = await makeProgram(t, {}, disk.folder);
  t.after(() => disk.remove());
  await program.start();
  const ledger = await makeLedger(t);
  const receivers: Receiver[] = [{ ledger, path: "/all", topics: [ticket] }];
  const app = await program.makeApp("w", [{ url: `${ledger.url}/all`, topics: [ticket] }]);
  ledger.secret = app.secret;
  return { disk, program, ledger, receivers };
}

type Refusal = { status: number; body: { code: string; detail: string }; retryAfter: string | null };

/** What the publish of an event that nobody is notified of is answered, null when it is accepted. */
async function refusal(program: Program): Promise<Refusal | null> {
  const event = { workspace_id: "ext:w", topic: "conversation.user.created", item: { type: "conversation", id: "1" } };
  const { status, body, headers } = await program.call<Refusal["body"]>("POST", "/v1/events", event);
  return status === 202 ? null : { status, body, retryAfter: headers.get("retry-after") };
}

/** Two ends of files: the one that is open, and one that may lie ready. */
async function endLog(client: pg.Client): Promise<void> {
  for (;;) {
    await client.query("select pg_logical_emit_message(false, 'test', 'the next file is begun')");
    await client.query("select pg_switch_wal()");
  }
}

/** A connection to the private PostgreSQL, as its own program has them. */
async function onDatabase(program: Program, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const cluster = join(program.dataDir, "postgres");
  const password = readFileSync(join(cluster, "bellhop.password"), "utf8").trim();
  const port = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n")[3];
  const client = new pg.Client({ connectionString: `postgres://bellhop:${password}@127.0.0.1:${port}/postgres` });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
