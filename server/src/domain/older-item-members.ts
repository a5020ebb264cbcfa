// The members of a JSON object as pieces of its text. The text is valid and compact (checked when it was published), so
// the end of a value is found by counting brackets outside of strings; nothing is parsed.

/** `key` with its quotes, `value` as it stands. */
export type Member = { key: string; value: string };

export function itemMembers(item: string): Member[] {
  const members: Member[] = [];
  let at = 1;
  while (item[at] === '"') {
    const keyEnd = stringEnd(item, at);
    const valueEnd = valueEndFrom(item, keyEnd + 1);
    members.push({ key: item.slice(at, keyEnd), value: item.slice(keyEnd + 1, valueEnd) });
    at = valueEnd + 1;
  }
  return members;
}

export function itemText(members: readonly Member[]): string {
  return `{${members.map(({ key, value }) => `${key}:${value}`).join(",")}}`;
}

/** The position after the value: of the `,` or `}` that ends the member. */
function valueEndFrom(item: string, from: number): number {
  let depth = 0;
  for (let at = from; at < item.length; at += 1) {
    const letter = item[at];
    if (letter === '"') at = stringEnd(item, at) - 1;
    else if (letter === "{" || letter === "[") depth += 1;
    else if (depth === 0 && (letter === "," || letter === "}")) return at;
    else if (letter === "}" || letter === "]") depth -= 1;
  }
  return item.length;
}

/** The position after the closing quote of the string that begins at `from`. */
function stringEnd(item: string, from: number): number {
  let at = from + 1;
  while (at < item.length && item[at] !== '"') at += item[at] === "\\" ? 2 : 1;
  return at + 1;
}
