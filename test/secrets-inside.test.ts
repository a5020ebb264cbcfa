// Secrets stay inside: with a value of the test's own in each place that keeps a secret, and with those that Bellhop makes, the
// program runs through everything it does, and every byte that leaves is searched: answers, logs, requests to receivers,
// metrics, files, and all that the database has. What an answer tells by the contract, and what a request carries because
// its subscription says so, is allowed there and nowhere else.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { TestContext } from "node:test";
import pg from "pg";
import { routes } from "@bellhop/contract/routes";
import { testPort } from "./port.ts";
import { createTestDatabase } from "./database.ts";
import { eventually } from "./eventually.ts";
import { adminKey, mainFile, makeProgram } from "./program.ts";
import type { Program } from "./program.ts";
import { leaks } from "./secrets-canaries.ts";
import type { Leaving } from "./secrets-canaries.ts";
import { assertColumnsAreFilled, assertColumnsAreKnown } from "./secrets-columns.ts";
import { startSecretsReceiver } from "./secrets-receiver.ts";
import type { Seen } from "./secrets-receiver.ts";
import { readEverything, Story } from "./secrets-story.ts";

const topic = "ticket.created";
const soonMs = 3_600_000;
/** Of what a program says so much is kept. */
const outputCharactersMax = 200_000;

const random = (): string => randomBytes(18).toString("base64url");

type Setting = {
  readonly program: Program;
  readonly story: Story;
  readonly database: pg.Client;
  readonly metricsPort: number;
  readonly encryptionKey: Buffer;
  readonly env: Record<string, string>;
};

/** The program on a database of its own, whose password, as the encryption key, is a canary too. */
async function start(t: TestContext): Promise<Setting> {
  const test = await createTestDatabase();
  const database = new pg.Client({ connectionString: test.url });
  await database.connect();
  const [role, password] = [`canary_${randomBytes(4).toString("hex")}`, `p/${random()}`];
  await database.query(`create role ${role} login superuser password '${password}'`);
  const url = new URL(test.url);
  [url.username, url.password] = [role, encodeURIComponent(password)];
  const encryptionKey = randomBytes(32);
  const metricsPort = await testPort();
  const env = {
    DATABASE_URL: url.href,
    BELLHOP_ENCRYPTION_KEY: encryptionKey.toString("base64"),
    BELLHOP_ALLOW_HTTP: "true",
    BELLHOP_ALLOW_NETWORKS: "127.0.0.0/8",
    METRICS_PORT: String(metricsPort),
    LOG_LEVEL: "trace",
  };
  const program = await makeProgram(t, env);
  t.after(async () => {
    if (program.isRunning) await program.kill("SIGKILL");
    await database.query(`reassign owned by ${role} to current_user; drop owned by ${role}; drop role ${role}`);
    await database.end();
    await test.drop();
  });
  const story = new Story(program.url);
  story.plant("the admin key", adminKey);
  story.plant("the database's password", password);
  story.plant("the encryption key", encryptionKey);
  await program.start();
  story.plant("the token of the start's link", await startToken(program));
  return { program, story, database, metricsPort, encryptionKey, env };
}

const startLink = /\/sign-in#([\w-]{43})/;

async function startToken(program: Program): Promise<string> {
  return eventually(() => startLink.exec(program.output)?.[1] ?? null);
}

type Made = {
  readonly app: string;
  readonly other: string;
  readonly subscriptions: Record<string, string>;
  readonly headers: Record<string, string[]>;
};

/** Two apps in a workspace; subscriptions at paths that answer, fail, redirect, break off and cannot be reached. */
async function make(story: Story, port: number): Promise<Made> {
  const at = (path: string): string => `http://127.0.0.1:${port}${path}`;
  await story.must("PUT", "/v1/workspaces/ext:one", { name: "One", kind: "paid", region: "us" });
  await story.must("POST", "/v1/workspaces", { id: "two", name: "Two", kind: "paid", region: "us" });
  await story.must("PATCH", "/v1/workspaces/two", { name: "Two!" });
  const permissions = ["read_tickets"];
  const settings = { name: "An App", workspace_id: "ext:one", permissions, uninstall_url: at("/uninstalled") };
  const first = await story.must("POST", "/v1/apps", settings);
  const [app, access] = [first["id"] as string, first["installation_access_token"] as string];
  const second = await story.must("POST", "/v1/apps", { name: "Another", workspace_id: "ext:one", permissions });
  const other = second["id"] as string;
  await story.must("PATCH", `/v1/apps/${app}`, { description: "Changed." });
  await story.must("POST", `/v1/apps/${app}/installations`, { workspace_id: "two" });
  await story.must("POST", `/v1/apps/${app}/installations`, { workspace_id: "two", new_access_token: true });
  const report = await story.call("POST", "/v1/app_install/status", { state: "OK" }, access);
  assert.equal(report.status, 200);
  const headers: Record<string, string[]> = {};
  const own = (path: string): { headers: Record<string, string> } => {
    const [token, key] = [story.plant(`a token for ${path}`, random()), story.plant(`a key for ${path}`, random())];
    headers[path] = [story.plant(`Authorization for ${path}`, `Bearer ${token}`), key];
    return { headers: { Authorization: `Bearer ${token}`, "X-Api-Key": key } };
  };
  const brought = randomBytes(32);
  const signing_secret = story.plant("the signing secret brought along", `whsec_${brought.toString("base64")}`);
  story.plant("the bytes of the signing secret brought along", brought);
  const policy = { waits_s: [1, 3_600] };
  const wanted: Record<string, object> = {
    "/own": { url: at("/own"), ...own("/own"), signing_secret },
    "/failing": { url: at("/failing"), ...own("/failing"), policy },
    "/redirect": { url: at("/redirect"), ...own("/redirect"), policy },
    "/reset": { url: at("/reset"), ...own("/reset"), policy, signing_secret: "generate" },
    "/busy": { url: at("/busy"), ...own("/busy") },
    "/gone": { url: at("/gone"), ...own("/gone") },
    "/tls": { url: `https://127.0.0.1:${port}/tls`, ...own("/tls"), policy, timeout_ms: 2_000 },
  };
  const subscriptions: Record<string, string> = {};
  for (const [path, each] of Object.entries(wanted)) {
    const verify = path === "/tls" ? "?verify=false" : "";
    const made = await story.must("POST", `/v1/apps/${app}/subscriptions${verify}`, { topics: [topic], ...each });
    subscriptions[path] = made["id"] as string;
  }
  const bare = await story.must("POST", `/v1/apps/${other}/subscriptions`, { topics: [topic], url: at("/bare") });
  return { app, other, subscriptions: { ...subscriptions, "/bare": bare["id"] as string }, headers };
}

/** Requests that are refused, with secrets in them: a refusal must not repeat what it refuses. */
async function beRefused(story: Story, { app }: Made): Promise<void> {
  const secret = (name: string): string => story.plant(`${name} that was refused`, `refused${random()}`);
  const url = "https://hooks.example.com/";
  const refused: readonly object[] = [
    { url, topics: [topic], headers: { Authorization: `${secret("a header's value")}\n` } },
    { url, topics: [topic], headers: { Host: secret("a forbidden header's value") } },
    { url, topics: [topic], headers: { Authorization: [secret("a header in a list")] } },
    { url, topics: [topic], signing_secret: secret("a signing secret") },
    { url, topics: [topic], signing_secret: { text: secret("a signing secret in an object") } },
    { url: `https://user:${secret("a URL's password")}@hooks.example.com/`, topics: [topic] },
    { url: `http://user:${secret("the password of a broken URL")}@[::1`, topics: [topic] },
  ];
  for (const body of refused) {
    const { status } = await story.call("POST", `/v1/apps/${app}/subscriptions`, body);
    assert.ok(status === 422, `${status} ${JSON.stringify(body)}`);
  }
  const broken = `{"url":"${url}","headers":{"Authorization":"${secret("a header in broken JSON")}"`;
  assert.equal((await story.call("POST", `/v1/apps/${app}/subscriptions`, broken)).status, 400);
  for (const token of [secret("a wrong key"), `bh_key_${secret("a key that is none")}`])
    assert.equal((await story.call("GET", "/v1/apps", undefined, token)).status, 401);
  assert.equal((await story.call("POST", "/v1/app_install/status", { state: "OK" }, secret("a wrong access token"))).status, 401);
  const link = randomBytes(32).toString("base64url");
  assert.equal((await story.call("POST", "/v1/sessions", { token: story.plant("a wrong link", link) }, null)).status, 401);
  assert.equal((await story.call("POST", "/v1/sessions", { token: secret("a link that is none") }, null)).status, 401);
  const wrong = `${story.cookieName}=${secret("a session that is none")}`;
  assert.equal((await story.call("GET", "/v1/session", undefined, null, wrong)).status, 401);
  assert.equal((await story.call("PUT", "/v1/inbox/behaviour", { answer: 503 })).status, 404, "it is not local mode");
  assert.equal((await story.call("DELETE", "/v1/inbox")).status, 404);
  assert.equal((await story.call("POST", "/subscriptions", { hub_secret: secret("an old secret") }, null)).status, 403);
}

/** Everything that changes something, with what is sent because of it. */
async function run(story: Story, made: Made): Promise<Record<string, string>> {
  const { app, other, subscriptions } = made;
  const of = (path: string): string => `/v1/apps/${app}/subscriptions/${subscriptions[path]}`;
  const event = { workspace_id: "ext:one", topic, item: { type: "ticket", id: "1" } };
  const { id } = (await story.must("POST", "/v1/events", event)) as { id: string };
  await story.must("POST", "/v1/events/batch", `${JSON.stringify(event)}\n{"topic":"none"}`);
  await story.must("POST", `/v1/apps/${app}/secrets`, { overlap_hours: 1 });
  await story.must("POST", "/v1/events", event);
  await story.must("POST", `/v1/apps/${app}/secrets/use-new`);
  const notifications = (await story.settled(id)) as { id: string; subscription: string }[];
  const to = (path: string): string => notifications.find((each) => each.subscription === subscriptions[path])?.id ?? "";
  for (const { id: notification } of notifications) {
    await story.must("GET", `/v1/notifications/${notification}/attempts`);
    await story.must("GET", `/v1/notifications/${notification}`);
  }
  await story.must("POST", `/v1/notifications/${to("/own")}/replay`);
  await story.must("POST", `/v1/notifications/${to("/tls")}/cancel`);
  for (const path of ["/own", "/failing", "/tls"]) await story.must("POST", `${of(path)}/test`, {});
  await story.must("POST", `${of("/own")}/test`, { topic, item: { id: "edited" } });
  const key = story.plant("a header's value that was changed", random());
  made.headers["/own"]?.push(key);
  const changed = { headers: { "X-Api-Key": key }, signing_secret: "generate" };
  await story.must("PATCH", of("/own"), changed);
  await story.must("PATCH", of("/failing"), { headers: { "X-Api-Key": null } });
  const until = new Date(Date.now() + soonMs).toISOString();
  await story.must("POST", `${of("/own")}/pause`, { until });
  await story.must("POST", "/v1/events", event);
  await story.must("POST", `${of("/own")}/set-live`, { held: "send" });
  const brake = await story.must("POST", "/v1/brakes", { app: other, until, reason: "A test." });
  const since = new Date(Date.now() - soonMs).toISOString();
  const range = { subscription: subscriptions["/own"], since, until: new Date().toISOString(), include: "all" };
  const replay = await story.must("POST", "/v1/replays", range);
  const doomed = await story.must("POST", "/v1/keys", { name: "Doomed", scopes: ["publish"] });
  await story.must("DELETE", `/v1/keys/${doomed["id"] as string}`);
  return { brake: brake["id"] as string, replay: replay["id"] as string, event: id, notification: to("/own") };
}

/** The routes that end things, last. */
async function end(story: Story, { app, other, subscriptions }: Made, { brake, replay }: Record<string, string>): Promise<void> {
  const made = { name: "secrets.topic", description: "", permissions: [], item_type: null, since: "2.0" };
  const { versions } = (await story.must("GET", "/v1/catalogue")) as { versions: string[] };
  await story.must("POST", "/v1/topics", { ...made, since: versions[0] });
  await story.must("PATCH", "/v1/topics/secrets.topic", { description: "Changed." });
  await story.must("DELETE", "/v1/topics/secrets.topic");
  await story.must("PUT", "/v1/catalogue", (await story.call("GET", "/v1/catalogue")).body);
  await story.must("DELETE", `/v1/brakes/${brake}`);
  await story.call("DELETE", `/v1/replays/${replay}`);
  await story.must("DELETE", `/v1/apps/${app}/installations/two`);
  await story.must("DELETE", `/v1/apps/${app}/subscriptions/${subscriptions["/tls"]}`);
  await story.must("DELETE", `/v1/apps/${other}`);
  await story.must("DELETE", "/v1/workspaces/two");
  await story.must("DELETE", "/v1/sessions");
}

/** All rows as text; bytes are hex in it. */
async function dump(database: pg.Client): Promise<Leaving[]> {
  const tables = await database.query<{ name: string }>(
    "select oid::regclass::text as name from pg_class where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace",
  );
  const left: Leaving[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await database.query<{ row: string }>(`select t::text as row from ${name} t`);
    left.push({ where: `the table ${name}`, bytes: Buffer.from(rows.map(({ row }) => row).join("\n")) });
  }
  return left;
}

/** A request without the headers that its own subscription asked for. */
function received({ path, method, headers, body }: Seen, allowed: Made["headers"]): Leaving {
  const others = headers.filter(([, value]) => !(allowed[path] ?? []).includes(value));
  return { where: `the request ${method} ${path}`, bytes: Buffer.concat([Buffer.from(JSON.stringify(others)), body]) };
}

function filesOf(folder: string): Leaving[] {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((each) => each.isFile());
  return files.map(({ parentPath, name }) => ({ where: `the file ${name}`, bytes: readFileSync(join(parentPath, name)) }));
}

/** Starts that are refused because of a secret: the sentence must not repeat it. */
async function refusedStarts({ program, story, env }: Setting): Promise<Leaving[]> {
  const wrong = (): string => story.plant("a setting's secret that was refused", `wrong${random()}`);
  const elsewhere = new URL(env["DATABASE_URL"] as string);
  elsewhere.pathname = "/there_is_none";
  const settings: Record<string, string>[] = [
    { DATABASE_URL: elsewhere.href },
    { DATABASE_URL: `mysql://user:${wrong()}@127.0.0.1/x`, BELLHOP_ENCRYPTION_KEY: wrong(), BELLHOP_ADMIN_KEY: `with space ${wrong()}` },
    { DATABASE_URL: `postgres//user:${wrong()}@127.0.0.1/x`, BELLHOP_ENCRYPTION_KEY: Buffer.from(wrong()).toString("hex") },
    { BELLHOP_ENCRYPTION_KEY: story.plant("another encryption key", randomBytes(32)).toString("base64") },
  ];
  const left: Leaving[] = [];
  for (const each of settings) {
    const { how, output } = await program.run(mainFile, ["--no-sample"], { ...each, PORT: "0" });
    assert.equal(how, "1", output);
    left.push({ where: `what a start with a wrong ${Object.keys(each).join(", ")} says`, bytes: Buffer.from(output) });
  }
  return left;
}

test("no secret leaves, in whatever spelling", { timeout: 120_000 }, async (t) => {
  const receiver = await startSecretsReceiver(t);
  const setting = await start(t);
  const { program, story, database, metricsPort, encryptionKey } = setting;
  const made = await make(story, receiver.port);
  await beRefused(story, made);
  const stopListening = await story.listen();
  const ids = await run(story, made);
  await stopListening();
  const reader = await story.must("POST", "/v1/keys", { name: "Reads", scopes: ["read"] });
  const params = {
    id: made.app,
    workspace_id: "ext:one",
    sub: made.subscriptions["/own"] as string,
    region: "us",
    "readWorkspace.id": "ext:one",
    "getEvent.id": ids["event"] as string,
    "getNotification.id": ids["notification"] as string,
    "listAttempts.id": ids["notification"] as string,
    "getReplay.id": ids["replay"] as string,
  };
  await readEverything(story, params);
  await readEverything(story, params, reader["token"] as string);
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  // What a driver says about broken connections is said too.
  await database.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  await eventually(async () => ((await story.call("GET", "/readyz")).status === 200 ? true : null));
  await story.must("POST", "/v1/sign-in-links");
  const cookie = await story.signIn();
  assert.equal((await story.call("GET", "/v1/session", undefined, null, cookie)).status, 200);
  const ended = await story.signIn();
  assert.equal((await story.call("DELETE", "/v1/session", undefined, null, ended)).status, 204);
  const dumped = await dump(database);
  await assertColumnsAreKnown(database);
  await assertColumnsAreFilled(database, encryptionKey, story.canaries);
  await end(story, made, ids);
  await eventually(() => (receiver.seen.some(({ path }) => path === "/uninstalled") ? true : null));
  await program.kill("SIGTERM");
  const refused = await refusedStarts(setting);

  assert.ok(program.output.length < outputCharactersMax, "some of what was said is not kept");
  assert.match(program.output, /"msg":"attempt"/);
  assert.deepEqual(
    Object.keys(routes).filter((name) => !story.called.has(name)),
    [],
    "routes that were not called",
  );
  assert.ok(receiver.seen.some(({ path, headers }) => path === "/own" && headers.some(([, value]) => value === made.headers["/own"]?.[0])));
  assert.deepEqual(
    receiver.seen.filter(({ path }) => path === "/elsewhere"),
    [],
    "a redirect was followed",
  );
  const left = [
    ...story.left,
    ...receiver.seen.map((seen) => received(seen, made.headers)),
    { where: "the metrics", bytes: Buffer.from(metrics) },
    // Whoever starts it is told the link, once.
    { where: "the log", bytes: Buffer.from(program.output.replace(startLink, "")) },
    ...dumped,
    ...(await dump(database)),
    ...filesOf(program.dataDir),
    ...refused,
  ];
  assert.deepEqual([...new Set(leaks(story.canaries, left))], []);
});
