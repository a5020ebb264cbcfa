// Signing in to the hub: a link that works once, a session in a cookie, and what no other site can do with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { startTestProgram } from "./in-process.ts";
import type { Answer, TestProgram } from "./in-process.ts";

const own = { "sec-fetch-site": "same-origin" };
const workspace = { id: "made-by-hand", name: "Made by hand", kind: "paid", region: "us" };

/** Without a key. */
function visit(program: TestProgram, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const all: Record<string, string> = { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers };
  return fetch(program.url + path, { method, headers: all, body: body === undefined ? null : JSON.stringify(body) }).then(
    async (answer) => {
      const text = await answer.text();
      const json = answer.headers.get("content-type")?.includes("json") ?? false;
      return { status: answer.status, body: (json ? JSON.parse(text) : {}) as Record<string, unknown>, text, headers: answer.headers };
    },
  );
}

async function linkToken(program: TestProgram): Promise<string> {
  const { url } = await program.must<{ url: string }>("POST", "/v1/sign-in-links");
  const [page, token = ""] = url.split("#");
  assert.equal(page, `${program.url}/sign-in`);
  return token;
}

const signIn = async (program: TestProgram, headers = own): Promise<Answer> =>
  visit(program, "POST", "/v1/sessions", { token: await linkToken(program) }, headers);

const cookieOf = (answer: Answer): string => (answer.headers.get("set-cookie") ?? "").split(";")[0] as string;

async function withDatabase<T>(program: TestProgram, work: (database: pg.Client) => Promise<T>): Promise<T> {
  const database = new pg.Client({ connectionString: program.databaseUrl });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}

test("a link signs in, the session works until one signs out, and the audit names the account", async (t) => {
  const program = await startTestProgram(t);
  const signedIn = await signIn(program);
  assert.equal(signedIn.status, 201, signedIn.text);
  const cookie = cookieOf(signedIn);
  const set = signedIn.headers.get("set-cookie") ?? "";
  assert.match(set, new RegExp(`^bellhop-${new URL(program.url).port}=[\\w-]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax$`));

  const read = await visit(program, "GET", "/v1/session", undefined, { cookie: `other=1; ${cookie}` });
  assert.deepEqual(read.body, signedIn.body);
  assert.deepEqual(read.body["account"], { id: "operator", name: "Operator", role: "operator" });
  const instance = read.body["instance"] as Record<string, unknown>;
  assert.deepEqual(instance["regions"], [
    { name: "us", egress: [] },
    { name: "eu", egress: [] },
    { name: "au", egress: [] },
  ]);
  assert.equal(instance["public_url"], program.url);
  const versions = instance["catalogue_versions"] as string[];
  assert.deepEqual([versions[0], versions.at(-1)], ["preview", "1.0"], "newest first");

  const made = await visit(program, "POST", "/v1/workspaces", workspace, { cookie, ...own });
  assert.equal(made.status, 201, made.text);
  const keys = await visit(program, "GET", "/v1/keys", undefined, { cookie });
  assert.equal(keys.status, 200, "an account may do what an admin key may");
  const { data } = await program.must<{ data: Record<string, unknown>[] }>(
    "GET",
    "/v1/audit?actor=account:operator&workspace_id=made-by-hand",
  );
  assert.deepEqual(
    data.map(({ action, subject, actor }) => ({ action, subject, actor })),
    [{ action: "createWorkspace", subject: "made-by-hand", actor: { id: "account:operator", name: "Operator" } }],
  );

  const out = await visit(program, "DELETE", "/v1/session", undefined, { cookie, ...own });
  assert.equal(out.status, 204);
  assert.match(out.headers.get("set-cookie") ?? "", /^bellhop-\d+=; Path=\/; Max-Age=0; /);
  assert.equal((await visit(program, "GET", "/v1/session", undefined, { cookie })).body["code"], "unauthorized", "at once");
});

test("a link works once, even for two at the same moment, and not when it has expired", async (t) => {
  const program = await startTestProgram(t);
  const token = await linkToken(program);
  const tries = await Promise.all([1, 2, 3].map(() => visit(program, "POST", "/v1/sessions", { token })));
  assert.deepEqual(
    tries.map(({ status }) => status).toSorted((a, b) => a - b),
    [201, 401, 401],
  );
  assert.equal(tries.find(({ status }) => status === 401)?.body["code"], "invalid_link");
  assert.equal((await visit(program, "POST", "/v1/sessions", { token: "x".repeat(43) })).body["code"], "invalid_link");
  assert.equal((await visit(program, "POST", "/v1/sessions", { token: token.slice(0, 20) })).body["code"], "invalid_link");
  assert.equal((await visit(program, "POST", "/v1/sessions", {})).body["code"], "invalid_request");

  const late = await linkToken(program);
  await withDatabase(program, (database) => database.query("update sign_in_link set expires_at = now()"));
  assert.equal((await visit(program, "POST", "/v1/sessions", { token: late })).body["code"], "invalid_link");
});

test("a session ends when it was not used for long, and a used one at its limit", async (t) => {
  const program = await startTestProgram(t);
  const cookie = cookieOf(await signIn(program));
  const expiresAt = async (): Promise<number> => {
    const { body } = await visit(program, "GET", "/v1/session", undefined, { cookie });
    return Date.parse(body["expires_at"] as string);
  };
  const inDays = async (): Promise<number> => Math.round(((await expiresAt()) - Date.now()) / 86_400_000);
  const age = (days: number, seenDays: number): Promise<unknown> =>
    withDatabase(program, (database) =>
      database.query(
        `update session set created_at = now() - make_interval(days => $1), seen_at = now() - make_interval(days => $2),
           expires_at = now() + make_interval(days => 7 - $2)`,
        [days, seenDays],
      ),
    );
  assert.equal(await inDays(), 7);
  await age(4, 4);
  await program.must("POST", "/v1/sign-in-links");
  await signIn(program);
  assert.equal(await inDays(), 7, "a use moves the end");
  await age(28, 3);
  await signIn(program);
  assert.equal(await inDays(), 2, "not beyond 30 days");
  await age(8, 8);
  await signIn(program);
  assert.equal((await visit(program, "GET", "/v1/session", undefined, { cookie })).status, 401);
});

test("what a cookie asks for must be asked by our own pages; a key is asked by anybody who has it", async (t) => {
  const program = await startTestProgram(t);
  const cookie = cookieOf(await signIn(program));
  const { host, origin } = new URL(program.url);
  const post = (headers: Record<string, string>): Promise<Answer> =>
    visit(program, "POST", "/v1/workspaces", { ...workspace, id: `w${Math.random().toString(36).slice(2)}` }, headers);
  const refused: Record<string, string>[] = [
    {},
    { "sec-fetch-site": "cross-site", origin },
    { "sec-fetch-site": "same-site", origin },
    { "sec-fetch-site": "none" },
    { origin: "https://evil.example" },
    { origin: `https://evil.example:${new URL(program.url).port}` },
    { origin: "null" },
  ];
  for (const headers of refused) {
    const { status, body } = await post({ cookie, ...headers });
    assert.deepEqual([status, body["code"]], [403, "cross_site"], JSON.stringify(headers));
  }
  assert.equal((await visit(program, "DELETE", "/v1/session", undefined, { cookie, "sec-fetch-site": "cross-site" })).status, 403);
  for (const headers of [own, { origin }, { origin: `http://${host}` }]) assert.equal((await post({ cookie, ...headers })).status, 201);
  assert.equal((await visit(program, "GET", "/v1/workspaces", undefined, { cookie, "sec-fetch-site": "cross-site" })).status, 200);

  // Signing in as somebody else's account is refused too.
  assert.equal((await signIn(program, { "sec-fetch-site": "cross-site" })).body["code"], "cross_site");
  // A key wins over a cookie, a right one and a wrong one.
  const key = await program.must<{ token: string }>("POST", "/v1/keys", { name: "Reads", scopes: ["read"] });
  assert.equal((await post({ cookie, ...own, authorization: `Bearer ${key.token}` })).body["code"], "forbidden");
  assert.equal((await post({ cookie, ...own, authorization: "Bearer wrong" })).status, 401);
  const asKey = await visit(program, "GET", "/v1/session", undefined, { cookie, authorization: `Bearer ${key.token}` });
  assert.equal(asKey.body["account"], null);
  assert.equal((await program.call("DELETE", "/v1/session")).body["code"], "not_found");
  const form = await visit(program, "POST", "/v1/workspaces", undefined, { cookie, ...own, "content-type": "text/plain" });
  assert.notEqual(form.status, 201);
});

test("signing out everywhere ends every session and every link that was not used", async (t) => {
  const program = await startTestProgram(t);
  const cookies = [cookieOf(await signIn(program)), cookieOf(await signIn(program))];
  const token = await linkToken(program);
  assert.equal((await visit(program, "DELETE", "/v1/sessions", undefined, { cookie: cookies[0] as string, ...own })).status, 204);
  for (const cookie of cookies) assert.equal((await visit(program, "GET", "/v1/session", undefined, { cookie })).status, 401);
  assert.equal((await visit(program, "POST", "/v1/sessions", { token })).body["code"], "invalid_link");
  const { data } = await program.must<{ data: Record<string, unknown>[] }>("GET", "/v1/audit?limit=1");
  assert.deepEqual(data[0]?.["changes"], [{ field: "sessions", before: 2, after: null }]);
  // Whoever has only a key left can do it too.
  assert.equal((await program.call("DELETE", "/v1/sessions")).status, 204);
});

test("the database has hashes of tokens, never tokens", async (t) => {
  const program = await startTestProgram(t);
  const waiting = await linkToken(program);
  const cookie = cookieOf(await signIn(program));
  const token = cookie.split("=")[1] as string;
  const text = await withDatabase(program, async (database) => {
    const { rows } = await database.query<{ text: string }>(
      "select s::text as text from session s union all select l::text from sign_in_link l union all select a::text from audit a",
    );
    return rows.map((row) => row.text).join("\n");
  });
  for (const secret of [waiting, token]) {
    assert.ok(secret.length === 43);
    for (const spelled of [secret, Buffer.from(secret).toString("hex"), Buffer.from(secret, "base64url").toString("hex")])
      assert.ok(!text.includes(spelled));
  }
});

test("with an https address the cookie belongs to this host alone", async (t) => {
  const program = await startTestProgram(t, { publicUrl: "https://hooks.example.com" });
  const link = await program.must<{ url: string }>("POST", "/v1/sign-in-links");
  assert.match(link.url, /^https:\/\/hooks\.example\.com\/sign-in#/);
  const token = link.url.split("#")[1];
  const { headers } = await visit(program, "POST", "/v1/sessions", { token }, { origin: "https://hooks.example.com" });
  assert.match(headers.get("set-cookie") ?? "", /^__Host-bellhop=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
});

test("answers of the API are kept nowhere", async (t) => {
  const program = await startTestProgram(t);
  for (const path of ["/v1/workspaces", "/v1/nothing", "/livez"]) {
    const { headers } = await program.call("GET", path);
    assert.equal(headers.get("cache-control"), "no-store", path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
  }
});
