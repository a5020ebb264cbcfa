// Values that must not leave, in every spelling in which they could, and a search for them in what left.
export type Canary = { readonly name: string; readonly value: string | Buffer };

/** What left, by where it was seen: as bytes, one character each. */
export type Leaving = { readonly where: string; readonly bytes: Buffer };

/** Where which canary was found, and in what spelling. Empty when nothing leaked. */
export function leaks(canaries: readonly Canary[], left: readonly Leaving[]): string[] {
  const spelled = canaries.flatMap(({ name, value }) => spellings(value).map((spelling) => ({ name, ...spelling })));
  return left.flatMap(({ where, bytes }) => {
    const text = bytes.toString("latin1");
    const found = spelled.filter(({ text: sought }) => text.includes(sought));
    return found.map(({ name, how }) => `${name} as ${how} in ${where}`);
  });
}

type Spelling = { readonly how: string; readonly text: string };

function spellings(value: string | Buffer): Spelling[] {
  const bytes = Buffer.from(value as string);
  const all = [
    { how: "itself", text: bytes.toString("latin1") },
    { how: "URL-encoded", text: encodeURIComponent(bytes.toString()) },
    { how: "JSON", text: JSON.stringify(bytes.toString()).slice(1, -1) },
    { how: "hex", text: bytes.toString("hex") },
    { how: "upper-case hex", text: bytes.toString("hex").toUpperCase() },
    ...[0, 1, 2].flatMap((offset) => [
      { how: "base64", text: base64Within(bytes, offset) },
      { how: "base64url", text: base64Within(bytes, offset).replaceAll("+", "-").replaceAll("/", "_") },
    ]),
  ];
  return all.filter(({ text }, index) => all.findIndex((each) => each.text === text) === index);
}

/** The digits that belong to these bytes alone when they stand behind `offset` (mod 3) others in something encoded. */
function base64Within(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replaceAll("=", "");
  const wholeTo = Math.floor(((offset + bytes.length) * 8) / 6);
  return encoded.slice(Math.ceil((offset * 8) / 6), wholeTo);
}
