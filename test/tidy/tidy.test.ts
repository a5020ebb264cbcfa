// The rules of the house that no linter knows, each with its reason. What a rule exempts may only become less.
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import test from "node:test";
import type { Route } from "@bellhop/contract/route";
import { routes } from "@bellhop/contract/routes";
import { generated } from "../../scripts/generated.ts";

const root = join(import.meta.dirname, "../..");
const sources = globSync(["contract/src/**/*.ts", "server/src/**/*.ts"], { cwd: root }).filter((file) => !file.endsWith(".test.ts"));
const pages = globSync(["web/src/**/*.{ts,tsx}"], { cwd: root });
const tests = globSync(["contract/src/**/*.test.ts", "server/src/**/*.test.ts", "scripts/*.test.ts", "test/**/*.ts"], { cwd: root });
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const code = (file: string): string => read(file).replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");

/** Room -> the rooms it may import from. Arrows point down only; stages never import each other. */
const directions: Record<string, readonly string[]> = {
  domain: [],
  store: ["domain"],
  intake: ["store", "domain"],
  fanout: ["store", "domain"],
  schedule: ["store", "domain"],
  record: ["store", "domain"],
  show: ["store", "domain"],
  manage: ["store", "domain"],
  deliver: ["domain"],
  signal: ["domain"],
  embedded: [],
  inbox: [],
  http: ["intake", "show", "manage", "schedule", "store", "domain"],
};

const roomOf = (file: string): string | undefined => /^server\/src\/(\w+)\//.exec(file)?.[1];

function importsOf(file: string): string[] {
  const found = [...read(file).matchAll(/(?:from|import) "(\.{1,2}\/[^"]+)"/g)];
  return found.map(([, path]) => relative(root, join(root, dirname(file), path as string)));
}

test("imports point down only: a stage that knew another could not be understood alone", () => {
  const wrong = sources.flatMap((file) => {
    const room = roomOf(file);
    const allowed = room === undefined ? null : directions[room];
    if (!allowed) return [];
    const strangers = importsOf(file).filter((path) => roomOf(path) !== room && !allowed.includes(roomOf(path) ?? ""));
    return strangers.map((path) => `${file} imports ${path}`);
  });
  assert.deepEqual(wrong, []);
});

test("SQL is in store only, so that every statement can be found and reviewed in one place", () => {
  const statement = /\bsql`|\.query\(|\b(select .+ from|insert into|delete from|update \w+ set)\b/;
  assert.deepEqual(
    sources.filter((file) => roomOf(file) !== "store" && statement.test(code(file))),
    [],
  );
});

test("the environment is read in config.ts only, so that every setting is documented", () => {
  // The supervisor passes its own environment on to PostgreSQL.
  const exempt = new Set(["server/src/config.ts"]);
  const reads = sources.filter((file) => !exempt.has(file) && roomOf(file) !== "embedded" && code(file).includes("process.env"));
  assert.deepEqual(reads, []);
});

test("domain knows no clock, no chance and no I/O, so that seven days are tested in a millisecond", () => {
  const impure = /Date\.now|Math\.random|performance\.now|setTimeout|setInterval|node:(fs|net|http|dns)/;
  assert.deepEqual(
    sources.filter((file) => roomOf(file) === "domain" && impure.test(code(file))),
    [],
  );
});

test("deliver never touches the database: what was sent is recorded by somebody else", () => {
  assert.deepEqual(
    sources.filter((file) => roomOf(file) === "deliver" && /from "pg"|\/store\//.test(code(file))),
    [],
  );
});

test("no file is a bucket: a name says what is inside", () => {
  const bucket = /\/(utils?|helpers?|common|misc|types|index|manager|impl)\.tsx?$/;
  assert.deepEqual(
    [...sources, ...pages, ...tests].filter((file) => bucket.test(file)),
    [],
  );
});

test("nothing is left for later in the source", () => {
  assert.deepEqual(
    [...sources, ...pages, ...tests].filter((file) => /\b(TO[D]O|FIX[M]E|X[X]X)\b|\.(skip|only)\(/.test(read(file))),
    [],
  );
});

test("half of all source files fit on two screens, none is longer than 500 lines", () => {
  const lengths = sources.map((file) => read(file).split("\n").length).toSorted((a, b) => a - b);
  assert.ok((lengths[lengths.length >> 1] as number) <= 120, `the median file has ${lengths[lengths.length >> 1]} lines`);
  assert.ok((lengths.at(-1) as number) <= 500);
});

test("the hub knows the server only through HTTP and contract, so that whatever it does anybody can do", () => {
  const strangers = /from "(?!\.{1,2}\/(?!.*server\/)|@bellhop\/contract\/|react|@tanstack\/|@base-ui\/|uplot|virtual:)[^"]+"/;
  assert.deepEqual(
    pages.filter((file) => strangers.test(code(file))),
    [],
  );
  // copy-as.ts shows code that somebody else runs.
  const exempt = new Set(["web/src/api/client.ts", "web/src/pages/notification/copy-as.ts"]);
  assert.deepEqual(
    pages.filter((file) => !exempt.has(file) && /\bfetch\(|XMLHttpRequest/.test(code(file))),
    [],
  );
});

test("what others sent is shown as text: no page makes markup of it", () => {
  assert.deepEqual(
    pages.filter((file) => /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write/.test(code(file))),
    [],
  );
});

test("half of the hub's files fit on a screen and a half, none is longer than 500 lines", () => {
  const lengths = pages.map((file) => read(file).split("\n").length).toSorted((a, b) => a - b);
  assert.ok((lengths[lengths.length >> 1] as number) <= 120, `the median file has ${lengths[lengths.length >> 1]} lines`);
  assert.ok((lengths.at(-1) as number) <= 500);
});

test("every route is called by a test", () => {
  const all = tests.map(read).join("\n");
  const untested = Object.entries(routes as Record<string, Route>).filter(([, { path }]) => !calls(path).test(all));
  assert.deepEqual(
    untested.map(([name]) => name),
    [],
  );
});

/** A path in a test's text. What comes before the last parameter may stand in a variable. */
function calls(path: string): RegExp {
  const tail = /\}(\/[^{}]+)$/.exec(path)?.[1] ?? path;
  const pattern = tail.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{\w+\}/g, "[^/\\s\"'`]+");
  return new RegExp(`${pattern}(["'\`?]|$)`, "m");
}

test("migrations are numbered without a gap", () => {
  const names = globSync("server/src/store/migrations/*", { cwd: root })
    .map((file) => file.split("/").at(-1) as string)
    .toSorted((a, b) => a.localeCompare(b));
  assert.deepEqual(
    names.map((name) => Number(name.slice(0, 3))),
    names.map((_, index) => index + 1),
  );
});

for (const [file, make] of Object.entries(generated)) {
  test(`${file} is what the code says; \`npm run generate\` writes it`, async () => {
    assert.equal(read(file), await make());
  });
}

test("links between documents lead somewhere", () => {
  const documents = globSync(["*.md", "docs/**/*.md"], { cwd: root });
  const dead = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .filter(([, path]) => !existsSync(join(root, dirname(file), path as string)))
      .map(([, path]) => `${file}: ${path}`),
  );
  assert.deepEqual(dead, []);
});

test("a decision fits on one page", () => {
  const long = globSync("docs/decisions/*.md", { cwd: root }).filter((file) => read(file).trimEnd().split("\n").length > 40);
  assert.deepEqual(long, []);
});
