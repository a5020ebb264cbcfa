// What a person types behind a command by mistake, or to learn what it does, changes nothing.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mainFile, makeProgram } from "./program.ts";

const commands = {
  "npm start": mainFile,
  "npm run link": new URL("../server/src/link.ts", import.meta.url).pathname,
  "npm run sample:remove": new URL("../server/src/sample-remove.ts", import.meta.url).pathname,
};

for (const [name, file] of Object.entries(commands))
  test(`${name} says what it does, and refuses what it does not know`, async (t) => {
    const program = await makeProgram(t);
    const told = await program.run(file, ["--help"]);
    assert.equal(told.how, "0");
    assert.ok(told.output.startsWith(name), told.output);
    const refused = await program.run(file, ["--no-smaple"]);
    assert.equal(refused.how, "1");
    assert.match(refused.output, /'--no-smaple'/);
    assert.ok(refused.output.includes(told.output.trim()));
    assert.equal(existsSync(join(program.dataDir, "postgres")), false, "it went on");
  });
