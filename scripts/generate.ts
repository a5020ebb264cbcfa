// Writes the documents that are made from code.
import { writeFileSync } from "node:fs";
import { generated } from "./generated.ts";

for (const [file, make] of Object.entries(generated)) {
  writeFileSync(new URL(`../${file}`, import.meta.url), await make());
  console.log(`wrote ${file}`);
}
