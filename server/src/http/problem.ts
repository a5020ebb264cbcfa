// A bad request is one class, thrown by whoever finds it and rendered in one place (server.ts) as an RFC 9457 document.
import { problems } from "@bellhop/contract/problems";
import type { Mistake, ProblemCode } from "@bellhop/contract/problems";

export type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail?: string;
  errors?: readonly Mistake[];
  request_id: string;
};

export function problemDocument(code: ProblemCode, requestId: string, detail?: string, errors?: readonly Mistake[]): ProblemDocument {
  const { status, title } = problems[code];
  const document: ProblemDocument = { type: `urn:bellhop:problem:${code}`, title, status, code, request_id: requestId };
  if (detail !== undefined) document.detail = detail;
  if (errors && errors.length > 0) document.errors = errors;
  return document;
}
