// The last soak as a document for whoever decides whether to rely on Bellhop.

export type SoakedPart = {
  readonly name: string;
  readonly title: string;
  /** The setting of its size -> how large it was. */
  readonly sizes: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly tests: readonly { readonly name: string; readonly ok: boolean }[];
  readonly figures: readonly string[];
  readonly commit: string;
  readonly at: string;
  readonly node: string;
  readonly machine: string;
};

export function reliabilityText(parts: readonly SoakedPart[]): string {
  const failed = parts.flatMap(({ tests }) => tests.filter(({ ok }) => !ok));
  const machines = [...new Set(parts.map(({ node, machine }) => `Node ${node}, ${machine}`))].join("; ");
  return `# What Bellhop survives

Written by \`npm run soak\` (${machines}) from what it saw. The same tests run smaller in \`npm test\`.

What is promised:

1. A 2xx to a publish means that the event and all its notifications are on disk.
2. Every notification is delivered, or ends with a reason that can be read, whichever process dies, whenever.
3. Its \`id\` never changes. It is sent twice only when the program died between a receiver's answer and the record of it.
4. An endpoint that hangs, fails, floods or lies hurts nobody else.
5. What a notification costs does not grow with what waits or what was sent before.

Faults are real: processes end by SIGKILL, databases are stopped and started, disks are full, connections are cut by a proxy,
receivers and name servers are servers that lie. What arrived is judged by a receiver's own ledger, not by what Bellhop says.

${failed.length === 0 ? "Everything held." : `**${failed.length} did not hold:** ${failed.map(({ name }) => name).join("; ")}.`}

| | Held | Minutes | Size | On | Commit |
| --- | --- | --- | --- | --- | --- |
${parts.map(row).join("\n")}

## What was shown

${parts.map(section).join("\n\n")}
`;
}

function row({ title, tests, seconds, sizes, at, commit }: SoakedPart): string {
  const held = `${tests.filter(({ ok }) => ok).length} of ${tests.length}`;
  const size = Object.entries(sizes).map(([name, value]) => `\`${name}=${value}\``);
  return `| ${title} | ${held} | ${(seconds / 60).toFixed(1)} | ${size.join(" ")} | ${at.slice(0, 10)} | ${commit} |`;
}

const testsShownMax = 12;

function section({ title, tests, figures }: SoakedPart): string {
  const shown = tests.slice(0, testsShownMax).map(({ name, ok }) => `- ${ok ? "" : "**did not hold:** "}${name}`);
  const more = tests.length > testsShownMax ? [`- and ${tests.length - testsShownMax} more`] : [];
  const told = figures.length > 0 ? ["", figures.map((figure) => `> ${figure}`).join("\n>\n")] : [];
  return [`### ${title}`, "", ...shown, ...more, ...told].join("\n");
}
