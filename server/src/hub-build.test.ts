import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { buildHub, hubBuildLine } from "./hub-build.ts";

const modules = resolve(import.meta.dirname, "../../node_modules");

/** A checkout with a hub that says hello. */
function checkout(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "bellhop-checkout-"));
  t.after(() => rmSync(folder, { recursive: true }));
  symlinkSync(modules, join(folder, "node_modules"));
  write(folder, "web/index.html", '<!doctype html><title>Hub</title><script type="module" src="/src/main.ts"></script>');
  write(folder, "web/package.json", '{"type":"module"}');
  write(folder, "web/src/main.ts", 'import { word } from "../../contract/src/word.ts"; document.title = word;');
  write(folder, "contract/src/word.ts", 'export const word: string = "hello";');
  write(folder, "package-lock.json", "{}");
  return folder;
}

function write(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

const scripts = (folder: string): string =>
  readdirSync(join(folder, "web/dist/assets"))
    .filter((name) => name.endsWith(".js"))
    .map((name) => readFileSync(join(folder, "web/dist/assets", name), "utf8"))
    .join();

test("the hub is built when its sources are others than those of its build, and then only", { timeout: 60_000 }, async (t) => {
  const folder = checkout(t);
  const first = await buildHub(folder);
  assert.equal(first.state, "built", JSON.stringify(first));
  assert.match(hubBuildLine(first) ?? "", /^building the Developer Hub: done in \d+\.\d s$/);
  assert.match(scripts(folder), /hello/);
  const names = readdirSync(join(folder, "web/dist"), { recursive: true }).map(String);
  for (const ending of [".html.br", ".html.gz", ".js.br", ".js.gz"])
    assert.ok(
      names.some((name) => name.endsWith(ending)),
      ending,
    );
  assert.deepEqual(readdirSync(join(folder, "web/node_modules/.hub")), [], "nothing is left aside");

  const touched = new Date(Date.now() + 60_000);
  utimesSync(join(folder, "web/src/main.ts"), touched, touched);
  write(folder, "contract/src/word.test.ts", "a test changes nothing");
  assert.deepEqual(await buildHub(folder), { state: "fresh" });
  assert.equal(hubBuildLine({ state: "fresh" }), null);

  write(folder, "contract/src/word.ts", 'export const word: string = "welcome";');
  assert.equal((await buildHub(folder)).state, "built");
  assert.match(scripts(folder), /welcome/);
  write(folder, "web/public/robots.txt", "a new file");
  assert.equal((await buildHub(folder)).state, "built");
  assert.ok(existsSync(join(folder, "web/dist/robots.txt")));
});

test("a build that fails says why and leaves the one before it", { timeout: 60_000 }, async (t) => {
  const folder = checkout(t);
  await buildHub(folder);
  write(folder, "web/src/main.ts", 'import { gone } from "./gone.ts"; gone();');
  const failed = await buildHub(folder);
  assert.equal(failed.state, "failed");
  assert.match(hubBuildLine(failed) ?? "", /failed, the API runs without it: vite ended with 1\.[^]*gone\.ts/);
  assert.match(scripts(folder), /hello/);
  assert.deepEqual(readdirSync(join(folder, "web/node_modules/.hub")), []);
  rmSync(join(folder, "node_modules"));
  assert.equal((await buildHub(folder)).state, "failed", "without its tool");
});

test("two builds at once do no harm", { timeout: 60_000 }, async (t) => {
  const folder = checkout(t);
  const both = await Promise.all([buildHub(folder), buildHub(folder)]);
  assert.deepEqual(
    both.map(({ state }) => state),
    ["built", "built"],
    JSON.stringify(both),
  );
  assert.deepEqual(await buildHub(folder), { state: "fresh" });
  assert.match(scripts(folder), /hello/);
});
