// The links that a person finds in the terminal: the start's own, and those of `npm run link`.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { makeProgram } from "./program.ts";
import type { Program } from "./program.ts";

const linkFile = new URL("../server/src/link.ts", import.meta.url).pathname;

async function signInWith(program: Program, link: string): Promise<number> {
  const token = link.split("#")[1];
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${program.url}/v1/sessions`, { method: "POST", headers, body: JSON.stringify({ token }) });
  return answer.status;
}

const startLink = (program: Program): Promise<string> =>
  eventually(() => /^Open the Developer Hub, signed in: (\S+)$/m.exec(program.output)?.[1] ?? null);

test("each start prints a link that signs in, `npm run link` another, bare where nobody reads along", { timeout: 120_000 }, async (t) => {
  const program = await makeProgram(t);
  assert.deepEqual(await program.run(linkFile, []), {
    how: "1",
    output: `No Bellhop runs on ${program.dataDir}: start it with \`npm start\`, or set BELLHOP_DATA_DIR to the folder of the one that runs.\n`,
  });
  await program.start();
  const first = await startLink(program);
  assert.ok(first.startsWith(`${program.url}/sign-in#`), first);
  assert.ok(program.output.trimStart().startsWith("Open the Developer Hub"), "before anything else");

  const { how, output } = await program.run(linkFile, []);
  assert.equal(how, "0", output);
  assert.match(output, new RegExp(`^${program.url}/sign-in#[\\w-]{43}\\n$`));
  assert.equal(await signInWith(program, output.trim()), 201);
  assert.equal(await signInWith(program, output.trim()), 401);
  const wrong = await program.run(linkFile, [], { BELLHOP_ADMIN_KEY: "a-key-that-nobody-knows" });
  assert.equal(wrong.how, "1");
  assert.match(wrong.output, /^Bellhop at \S+ makes no link: A valid key is needed\. /);
  // A key of a folder that lost its own.
  const lost = await program.run(linkFile, [], { BELLHOP_ADMIN_KEY: "" });
  assert.match(lost.output, /^There is no admin key: /);

  await program.kill("SIGTERM");
  await program.start();
  const second = await startLink(program);
  assert.equal(await signInWith(program, first), 401, "an earlier start's link was replaced");
  assert.equal(await signInWith(program, second), 201);
  await program.kill("SIGTERM");
  // What a killed one leaves.
  writeFileSync(join(program.dataDir, "running.json"), JSON.stringify({ url: program.url, pid: 1 }));
  assert.match((await program.run(linkFile, [])).output, /^No Bellhop runs on /);
  rmSync(join(program.dataDir, "running.json"));
});
