import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadCatalogueDocument } from "./catalogue-file.ts";
import { readCatalogue } from "./domain/catalogue.ts";

async function problemOf(setting: string): Promise<string> {
  const read = await loadCatalogueDocument(setting);
  assert(!read.ok);
  return read.problem;
}

test("the catalogues that come with the program are found by name", async () => {
  for (const setting of ["intercom", "empty"]) {
    const read = await loadCatalogueDocument(setting);
    assert(read.ok);
    assert(readCatalogue(read.document).ok);
  }
});

test("an operator's file is read as it is, and each way to fail is one sentence that names it", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "catalogue-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "mine.json");
  await writeFile(file, '{"versions":[]}');
  assert.deepEqual(await loadCatalogueDocument(file), { ok: true, document: { versions: [] } });

  await writeFile(file, '{\n "versions": nothing\n}');
  const invalid = await problemOf(file);
  assert(invalid.startsWith(`The catalogue file ${file} is not valid JSON: `), invalid);
  assert(!invalid.includes("\n"));
  await writeFile(file, Buffer.from([0x7b, 0xff, 0x7d]));
  assert.equal(await problemOf(file), `The catalogue file ${file} is not UTF-8.`);
  assert.equal(await problemOf(folder), `The catalogue file ${folder} is a folder.`);
  assert.equal(await problemOf(`${file}.not`), `The catalogue file ${file}.not does not exist.`);
});
