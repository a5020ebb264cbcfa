// What may stand behind a command: options without a value, and `--help`. Anything else is a mistake, and does nothing.
import { parseArgs } from "node:util";

/** Those that were given; ends the process when the usage was asked for, or an option is none of these. */
export function readOptions<const Name extends string>(usage: string, names: readonly Name[]): ReadonlySet<Name> {
  const options = Object.fromEntries([...names, "help"].map((name) => [name, { type: "boolean" as const }]));
  try {
    const { values } = parseArgs({ options });
    if (!values["help"]) return new Set(names.filter((name) => values[name]));
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}\n`);
    process.exit(1);
  }
}
