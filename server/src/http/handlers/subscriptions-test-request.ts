// The body of a test request. It is read here, as a publish is, so that an edited item goes out with its own tokens.
import { Compile } from "typebox/compile";
import type { Static } from "typebox";
import { depthMax } from "@bellhop/contract/events";
import type { Mistake } from "@bellhop/contract/problems";
import { TestRequestSchema } from "@bellhop/contract/subscriptions";
import { Problem } from "../../domain/problem.ts";
import { memberText, readJson } from "../../intake/json-scan.ts";
import type { TestRequest } from "../../manage/ping.ts";

const fields = new Set(Object.keys(TestRequestSchema.properties));
const schema = Compile(TestRequestSchema);

/** No body at all asks for a ping. */
export function readTestRequest(bytes: Buffer | undefined): TestRequest {
  if (bytes === undefined || bytes.length === 0) return { topic: undefined, item: undefined };
  const read = readJson(bytes, { depthMax });
  if (!read.ok) throw new Problem("invalid_json", undefined, read.mistakes);
  if (!schema.Check(read.value)) throw new Problem("invalid_request", undefined, mistakesOf(read.value));
  const { topic } = read.value as Static<typeof TestRequestSchema>;
  return { topic, item: memberText(read.text, "item") ?? undefined };
}

function mistakesOf(value: unknown): Mistake[] {
  const unknown = typeof value === "object" && value !== null ? Object.keys(value).filter((name) => !fields.has(name)) : [];
  const wrong = schema.Errors(value).filter(({ keyword }) => keyword !== "boolean" && keyword !== "additionalProperties");
  return [
    ...wrong.map(({ instancePath, message }) => ({ pointer: instancePath, message })),
    ...unknown.map((name) => ({ pointer: `/${name}`, message: "is not a known field" })),
  ];
}
