// One line per file, every failure whole, and the counts at the end in words that people and CI read alike.
import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";

type Failure = { name: string; file: string; error: unknown };

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const failures: Failure[] = [];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const startedMs = performance.now();
  for await (const event of source) {
    if (event.type === "test:stderr" || event.type === "test:stdout") {
      if (event.data.file) yield event.data.message;
    } else if (event.type === "test:pass" || event.type === "test:fail") {
      const { name, file = "", nesting, details } = event.data;
      if (nesting === 0 && isFile(name, file)) continue;
      if (details.type === "suite") continue;
      if (event.data.skip !== undefined || event.data.todo !== undefined) counts.skipped++;
      else if (event.type === "test:pass") counts.passed++;
      else {
        counts.failed++;
        failures.push({ name, file, error: (details as { error?: unknown }).error });
        yield `not ok: ${relative(process.cwd(), file)}: ${name}\n`;
      }
    } else if (event.type === "test:summary" && event.data.file) {
      const { file, counts: ofFile, duration_ms, success } = event.data;
      yield `${success ? "ok" : "FAILED"} ${relative(process.cwd(), file)} (${ofFile.passed} tests, ${(duration_ms / 1000).toFixed(1)} s)\n`;
    }
  }
  for (const { name, file, error } of failures) yield `\n${relative(process.cwd(), file)}: ${name}\n${describe(error)}\n`;
  yield `\nTests took ${((performance.now() - startedMs) / 1000).toFixed(0)} s.\n`;
  yield `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
}

const isFile = (name: string, file: string): boolean => name === file || file.endsWith(name);

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
