import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { elementTexts, memberText, readJson, splitLines } from "./json-scan.ts";

const limits = { depthMax: 64 };

function read(text: string) {
  return readJson(Buffer.from(text), limits);
}

function pointers(text: string): string[] {
  const answer = read(text);
  return answer.ok ? [] : answer.mistakes.map((mistake) => mistake.pointer);
}

function message(bytes: string | Buffer): string {
  const answer = readJson(Buffer.from(bytes), limits);
  return answer.ok ? "" : answer.mistakes.map((mistake) => mistake.message).join(" ");
}

/** JSON texts with white space anywhere, escapes in any spelling and numbers that JavaScript would write differently. */
const space = fc.constantFrom("", "", " ", "\n", "\t\r\n ");
const number = fc.constantFrom("0", "-0", "1.0", "1152921504606846977", "1E400", "2e-7", "10.50");
const stringText = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\/"', '"\\u00e9"', '"\\ud83c\\udf9f"', '"a b"', '"{[,:]}"', '"\\\\"', '"\\"\\\\\\""'),
);
const { tokens } = fc.letrec<{ tokens: string[]; array: string[]; object: string[] }>((tie) => ({
  tokens: fc.oneof(
    { depthSize: "small" },
    fc.oneof(stringText, number, fc.constantFrom("true", "false", "null")).map((token) => [token]),
    tie("array"),
    tie("object"),
  ),
  array: fc.array(tie("tokens"), { maxLength: 4 }).map((elements) => ["[", ...joined(elements), "]"]),
  object: fc
    .uniqueArray(fc.tuple(fc.string(), tie("tokens")), { selector: ([name]) => name, maxLength: 4 })
    .map((members) => ["{", ...joined(members.map(([name, value]) => [JSON.stringify(name), ":", ...value])), "}"]),
}));

function joined(parts: string[][]): string[] {
  return parts.flatMap((part, index) => (index === 0 ? part : [",", ...part]));
}

const spaced = tokens.chain((all) =>
  fc.array(space, { minLength: all.length + 1, maxLength: all.length + 1 }).map((spaces) => ({
    compact: all.join(""),
    text: all.map((token, index) => `${spaces[index]}${token}`).join("") + spaces.at(-1),
  })),
);

test("what is read is what JSON.parse reads", () => {
  fc.assert(
    fc.property(spaced, ({ text }) => {
      const answer = read(text);
      assert.ok(answer.ok, text);
      assert.deepEqual(answer.value, JSON.parse(text));
    }),
  );
});

test("a member's text is its tokens in order and spelling, without the white space between them", () => {
  fc.assert(
    fc.property(spaced, space, ({ text, compact }, gap) => {
      const body = `${gap}{${gap}"a":{"item":0},"items":1,${gap}"item"${gap}:${text},"z":[1,"item"]${gap}}${gap}`;
      assert.ok(read(body).ok);
      assert.equal(memberText(body, "item"), compact);
      assert.equal(memberText(body, "z"), '[1,"item"]');
      assert.equal(memberText(body, "none"), null);
    }),
  );
});

test("a text is taken exactly when JSON.parse takes it, whatever is cut out of it or put into it", () => {
  const damage = fc.constantFrom("", "0", "-", ".", "e", '"', "\\", "\\u12", "{", "}", "[", "]", ",", ":", "t", "\u0001", "\u00a0", "'");
  const damaged = fc.tuple(spaced, fc.nat(), fc.nat({ max: 3 }), damage).map(([{ text }, seed, cut, put]) => {
    const at = seed % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + cut);
  });
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(damaged, (text) => {
      const answer = read(text.toWellFormed());
      const grammatical = parses(text.toWellFormed());
      if (!grammatical) assert.equal(answer.ok, false, text);
      if (grammatical && !answer.ok) assert.ok(!message(text).startsWith("Expected"), text);
      seen[grammatical ? "taken" : "refused"]++;
    }),
    { numRuns: 3000 },
  );
  assert.ok(seen.taken > 100 && seen.refused > 100);
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("no bytes make it throw", () => {
  const jsonBytes = fc.array(fc.constantFrom(...Buffer.from('{}[],:"\\u0d8e-.12tfn \n\xff', "latin1")), { maxLength: 40 });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), jsonBytes), (raw) => {
      const bytes = Buffer.from(raw);
      const answer = readJson(bytes, { depthMax: 3 });
      if (answer.ok) memberText(answer.text, "a");
      else assert.ok(answer.mistakes.length > 0);
      splitLines(bytes);
      elementTexts(bytes);
    }),
    { numRuns: 5000 },
  );
});

test("a mistake in the grammar is answered with its line, column and byte", () => {
  assert.equal(message('{"é": 1,\n "b" 2}'), 'Expected ":" but found "2" at line 2, column 6 (byte 15).');
  assert.equal(message('{"a":1,}'), 'Expected a member\'s name in double quotes but found "}" at line 1, column 8 (byte 7).');
  assert.equal(message("[1,]"), 'Expected a value but found "]" at line 1, column 4 (byte 3).');
  assert.equal(message(""), "Expected a value but found the end of the text at line 1, column 1 (byte 0).");
  assert.match(message('{"a":"x'), /found the end of the text at line 1, column 8/);
  assert.match(message('"a\nb"'), /found the control character U\+000A/);
  assert.match(message("{'a':1}"), /found "'"/);
  assert.match(message("[01]"), /"," or "\]" but found "1"/);
  assert.match(message("{} {}"), /nothing more after the value/);
  for (const text of ["NaN", "1.", ".5", "+1", "1e", "-", "tru", '"\\x"', '"\\u12g4"', "[1 2]", "// a\n1"]) {
    assert.match(message(text), /^Expected /, text);
  }
});

test("bytes that are not UTF-8 and a byte order mark are refused", () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xc3],
  ]) {
    assert.equal(message(Buffer.from(bytes)), "The body is not UTF-8.");
  }
  assert.match(message("\ufeff{}"), /byte order mark/);
});

test("a name that is there twice in one object is refused, also when spelled differently", () => {
  assert.deepEqual(pointers('{"a":1,"b":{"c":1,"\\u0063":2},"a":3}'), ["/b/c", "/a"]);
  assert.deepEqual(pointers('{"x":[{"a/b~":1},{"a/b~":1,"a/b~":1}]}'), ["/x/1/a~1b~0"]);
  assert.deepEqual(pointers('{"a":{"a":{"a":[]}},"b":{"a":1},"1":1,"01":1}'), []);
  assert.deepEqual(pointers('{"__proto__":1,"__proto__":2}'), ["/__proto__"]);
});

test("a member named __proto__ or constructor is an ordinary member", () => {
  const answer = read('{"__proto__":{"admin":true},"constructor":1}');
  assert.ok(answer.ok);
  const value = answer.value as Record<string, unknown>;
  assert.equal(value["admin"], undefined);
  assert.ok(Object.hasOwn(value, "__proto__"));
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(({ ...value } as Record<string, unknown>)["admin"], undefined);
});

test("U+0000 and half a surrogate pair are refused in texts and in names", () => {
  assert.deepEqual(pointers('{"item":{"a":["x","\\u0000"]},"b\\ud83c":1}'), ["/item/a/1", "/b\ud83c"]);
  for (const text of ['"\\ud83c"', '"\\udf9f"', '"\\ud83c\\ud83c\\udf9f"', '"\\ud83cx\\udf9f"', '"\\uD83C\\n"', '"a\\uDF9F\\ud83c"']) {
    assert.deepEqual(pointers(text), [""], text);
  }
  assert.deepEqual(pointers('["\\ud83c\\udf9f","\\ud800\\udc00","\\udbff\\udfff","\\uD83C\\uDF9F","\\\\u0000","\\\\ud83c","🎟"]'), []);
});

test("the limit of depth counts objects and arrays around a value, and deep bodies are refused unread", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.equal(read(nested(64)).ok, true);
  assert.equal(pointers(nested(65))[0], "/0".repeat(64));
  assert.match(message('{"a":'.repeat(65) + "1" + "}".repeat(65)), /More than 64/);
  assert.match(message("[".repeat(4_000_000)), /More than 64/);
  assert.match(message('{"a":'.repeat(1_000_000)), /More than 64/);
});

test("mistakes are bounded in number and length", () => {
  const answer = read(`{"${"n".repeat(10_000)}":[${'"\\u0000",'.repeat(1000)}1]}`);
  assert.ok(!answer.ok);
  assert.equal(answer.mistakes.length, 20);
  assert.ok(answer.mistakes.every((mistake) => mistake.pointer.length < 120));
});

test("a member is found by its decoded name and only at the top", () => {
  assert.equal(memberText('{"a":{"item":1},"it\\u0065m": [ 1, 2 ] }', "item"), "[1,2]");
  assert.equal(memberText('["item",1]', "item"), null);
  assert.equal(memberText("{ }", "item"), null);
  assert.equal(memberText('{"a\\"b":1,"b":2}', "b"), "2");
});

test("lines end with LF or CRLF, nothing after the last end is a line, and an empty one in between is", () => {
  const lines = (text: string) => splitLines(Buffer.from(text)).map(String);
  assert.deepEqual(lines('{"a":1}\r\n{"b":2}\n'), ['{"a":1}', '{"b":2}']);
  assert.deepEqual(lines('{"a":1}\n\n{"b":2}'), ['{"a":1}', "", '{"b":2}']);
  assert.deepEqual(lines(""), []);
  assert.equal(lines("\n".repeat(100_000)).length, 1001);
});

test("an array is cut into its elements, and a mistake inside one is that one's alone", () => {
  const cut = (text: string) => {
    const found = elementTexts(Buffer.from(text));
    return found.ok ? found.elements.map((element) => readJson(element, limits).ok) : found.mistakes;
  };
  assert.deepEqual(cut(' [ {"a":"],[\\""} , {"a":1,"a":2},[1,[2]], {"b":tru}, "\\u0000" ] '), [true, false, true, false, false]);
  assert.deepEqual(cut("[ ]"), []);
  for (const text of ["", "{}", "[", "[1", '["a]', "[1]]", "[1] 2", "[1,]", "[,1]", "[1, ,1]", "[,]", "\ufeff[1]", "1"]) {
    const mistakes = cut(text);
    assert.equal(typeof mistakes[0], "object", text);
  }
  assert.equal(cut(`[${"1,".repeat(50_000)}1]`).length, 1001);
});

test("an element that is not UTF-8 fails alone", () => {
  const found = elementTexts(Buffer.from([0x5b, 0x31, 0x2c, 0x22, 0xff, 0x22, 0x5d]));
  assert.ok(found.ok);
  assert.deepEqual(
    found.elements.map((element) => readJson(element, limits).ok),
    [true, false],
  );
});

test("the elements of any array are its values", () => {
  fc.assert(
    fc.property(fc.array(spaced, { maxLength: 6 }), (parts) => {
      const found = elementTexts(Buffer.from(`[${parts.map(({ text }) => text).join(",")}]`));
      assert.ok(found.ok);
      assert.deepEqual(
        found.elements.map((element) => JSON.parse(element.toString())),
        parts.map(({ text }) => JSON.parse(text)),
      );
    }),
  );
});
