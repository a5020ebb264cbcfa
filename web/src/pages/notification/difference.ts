// What differs between two texts, line by line, by the longest common subsequence.
export type Change = { readonly kind: "same" | "before" | "after"; readonly line: string };

/** Longer texts are compared from their first line that differs to their last. */
const cellsMax = 1_000_000;

export function differences(before: readonly string[], after: readonly string[]): Change[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const [old, fresh] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const same = (lines: readonly string[]): Change[] => lines.map((line) => ({ kind: "same", line }));
  const middle = old.length * fresh.length > cellsMax ? replaced(old, fresh) : woven(old, fresh);
  return [...same(before.slice(0, start)), ...middle, ...same(before.slice(before.length - end))];
}

const replaced = (old: readonly string[], fresh: readonly string[]): Change[] => [
  ...old.map((line) => ({ kind: "before", line }) as const),
  ...fresh.map((line) => ({ kind: "after", line }) as const),
];

function woven(old: readonly string[], fresh: readonly string[]): Change[] {
  const common = Array.from({ length: old.length + 1 }, () => new Uint32Array(fresh.length + 1));
  const at = (row: number, column: number): number => common[row]?.[column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = fresh.length - 1; column >= 0; column--)
      (common[row] as Uint32Array)[column] =
        old[row] === fresh[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
  const changes: Change[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < fresh.length) {
    if (row < old.length && old[row] === fresh[column]) {
      changes.push({ kind: "same", line: old[row++] as string });
      column++;
    } else if (column >= fresh.length || (row < old.length && at(row + 1, column) >= at(row, column + 1)))
      changes.push({ kind: "before", line: old[row++] as string });
    else changes.push({ kind: "after", line: fresh[column++] as string });
  }
  return changes;
}
