import assert from "node:assert/strict";
import test from "node:test";
import { wordsOf } from "./log.ts";

test("of an error only its words are logged, not what hangs on it", () => {
  const error = Object.assign(new Error("The connection broke.", { cause: new Error("reset") }), {
    code: "57P01",
    client: { password: "canary", secretKey: 7 },
    parameters: ["canary"],
  });
  const text = JSON.stringify(wordsOf(error));
  assert.doesNotMatch(text, /canary|secretKey/);
  const { type, message, code, cause } = wordsOf(error);
  assert.deepEqual([type, message, code, cause?.message], ["Error", "The connection broke.", "57P01", "reset"]);
});
