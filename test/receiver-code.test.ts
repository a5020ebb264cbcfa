// The receivers that the hub's Tools page offers to copy, as programs: they take what Bellhop sends, once, and refuse what
// another secret signed. Where a framework is not here, a few lines stand in for what the receiver uses of it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, parse } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { prepare } from "../server/src/deliver/request.ts";
import { clientSecretKey } from "../server/src/deliver/sign-secret.ts";
import { eventually } from "./eventually.ts";
import { testPort } from "./port.ts";

const receivers = join(import.meta.dirname, "../web/src/pages/tools/receivers");
const modules = join(import.meta.dirname, "../node_modules");
const secret = "the-client-secret-of-a-test";

/** Serves functions from requests to responses of the web, as hono and next hand them to their users. */
const serveFetch = `
import { createServer } from "node:http";
import { Readable } from "node:stream";
export function serve({ fetch, port }) {
  createServer(async (incoming, outgoing) => {
    const hasBody = !["GET", "HEAD"].includes(incoming.method);
    const init = { method: incoming.method, headers: incoming.headers, ...(hasBody ? { body: Readable.toWeb(incoming), duplex: "half" } : {}) };
    const answer = await fetch(new Request("http://127.0.0.1" + incoming.url, init));
    outgoing.writeHead(answer.status).end();
  }).listen(port, "127.0.0.1");
}`;

const hono = `
export class Hono {
  routes = {};
  get(path, handler) { this.routes["GET " + path] = this.routes["HEAD " + path] = handler; }
  post(path, handler) { this.routes["POST " + path] = handler; }
  fetch = (request) => this.routes[request.method + " " + new URL(request.url).pathname]({
    req: { arrayBuffer: () => request.arrayBuffer(), header: (name) => request.headers.get(name) ?? undefined },
    body: (body, status) => new Response(body, { status }),
  });
}`;

const runNext = `
import { serve } from "@hono/node-server";
import * as route from "./next.mjs";
serve({ fetch: (request) => route[request.method](request), port: Number(process.env.PORT) });`;

const flask = `
import http.server, os
class Abort(Exception): pass
def abort(status): raise Abort(status)
class request: pass
class Flask:
    def __init__(self, name): self.config = {}
    def route(self, path, methods):
        def keep(view):
            self.view = view
            return view
        return keep
    def run(self, port):
        app = self
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                request.method, request.headers, request.get_data = self.command, self.headers, lambda: body
                try: status = app.view()[1]
                except Abort as refused: status = refused.args[0]
                self.send_response(status)
                self.end_headers()
            do_HEAD = do_POST = answer
            def log_message(self, *args): pass
        http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
`;

type Stand = { readonly file: string; readonly command?: string; readonly run?: string; readonly files: Readonly<Record<string, string>> };

const webPackages = {
  "node_modules/hono/index.js": hono,
  "node_modules/@hono/node-server/index.js": serveFetch,
  "node_modules/next/server.js": "export const after = (work) => void setImmediate(work);",
  "node_modules/next/package.json": '{"type":"module","exports":{"./server":"./server.js"}}',
  "node_modules/hono/package.json": '{"type":"module","exports":"./index.js"}',
  "node_modules/@hono/node-server/package.json": '{"type":"module","exports":"./index.js"}',
};

const stands: Record<string, Stand> = {
  express: { file: "express.mjs", files: {} },
  fastify: { file: "fastify.mjs", files: {} },
  hono: { file: "hono.mjs", files: webPackages },
  next: { file: "next.mjs", run: "run.mjs", files: { ...webPackages, "run.mjs": runNext } },
  python: { file: "python.py", command: "python3", files: { "flask.py": flask } },
};

for (const [name, stand] of Object.entries(stands)) {
  const isHere = stand.command === undefined || spawnSync(stand.command, ["--version"]).status === 0;
  test(
    `${name}: takes what is signed, once for each id, and refuses what is not`,
    { skip: !isHere && `${stand.command} is not here` },
    async (t) => {
      const receiver = await run(t, stand);
      assert.equal((await fetch(receiver.url, { method: "HEAD" })).status, 200);
      const [first, second] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
      assert.equal(await send(receiver.url, first, secret), 200);
      assert.equal(await send(receiver.url, first, secret), 200);
      assert.equal(await send(receiver.url, second, "another-secret"), 401);
      assert.equal((await fetch(receiver.url, { method: "POST", body: "{}" })).status, 401);
      assert.equal(await send(receiver.url, second, secret), 200);
      await eventually(() => (receiver.said().includes(second) ? true : null));
      assert.deepEqual(
        receiver
          .said()
          .split("\n")
          .filter((line) => line.startsWith("company.created"))
          .map((line) => line.split(" ").slice(1)),
        [
          [`notif_${first}`, "shop", "company"],
          [`notif_${second}`, "shop", "company"],
        ],
      );
    },
  );
}

test("every receiver that is offered compares in constant time, knows one id from the next, and names the other signature", () => {
  const files = readdirSync(receivers).toSorted();
  assert.deepEqual(
    files.map((file) => parse(file).name),
    ["express", "fastify", "go", "hono", "next", "php", "python", "ruby"],
  );
  for (const file of files) {
    const text = readFileSync(join(receivers, file), "utf8");
    for (const part of [
      /timingSafeEqual|compare_digest|hmac\.Equal|secure_compare|hash_equals/,
      /BELLHOP_CLIENT_SECRET/,
      /raw bytes/,
      /webhook-signature/,
    ])
      assert.match(text, part, file);
    assert.match(text, /The same id is the same notification/, file);
  }
});

type Running = { readonly url: string; said(): string };

async function run(t: TestContext, { file, command = process.execPath, run: started = file, files }: Stand): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "bellhop-receiver-"));
  cpSync(join(receivers, `${parse(file).name}.txt`), join(folder, file));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  if (Object.keys(files).length === 0) symlinkSync(modules, join(folder, "node_modules"));
  const port = await testPort();
  const env = { PATH: process.env["PATH"], PORT: String(port), BELLHOP_CLIENT_SECRET: secret };
  const child = spawn(command, [started], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  t.after(async () => {
    if (!t.passed) t.diagnostic(said);
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}/webhooks`;
  await eventually(async () => ((await fetch(url, { method: "HEAD" })).status > 0 ? true : null));
  return { url, said: () => said };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await ended;
}

async function send(url: string, id: string, signedWith: string): Promise<number> {
  const item = '{"type":"company","name":"Zoë 🎟","number":12345678901234567890}';
  const notification = { id, workspaceId: "shop", item, topic: "company.created", createdAt: 1767225600, traceparent: null };
  const key = clientSecretKey(signedWith);
  const target = { url, userAgent: "Bellhop/test", headers: [], hubKey: key, webhookKeys: [key], asymmetricKey: null };
  const { headers, body } = prepare(notification, target, { number: 1, firstSentAt: 1767225601, atSeconds: 1767225601, retryReason: null });
  const pairs = headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ""] as [string, string]] : []));
  return (await fetch(url, { method: "POST", headers: pairs, body: new Uint8Array(body) })).status;
}
