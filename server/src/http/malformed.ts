// What Node refuses before there is a request: the connection gets a problem document by hand, then ends.
import type { Socket } from "node:net";
import { problems } from "@bellhop/contract/problems";
import type { ProblemCode } from "@bellhop/contract/problems";
import { problemDocument } from "./problem.ts";

type ClientError = Error & { code?: string };

/** Nobody is left to answer where the other side is gone. */
export function answerMalformed(error: ClientError, socket: Socket, requestId: string): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  socket.end(answer(problemOf(error), error, requestId));
}

function problemOf({ code }: ClientError): ProblemCode {
  if (code === "HPE_HEADER_OVERFLOW") return "headers_too_large";
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "request_timeout" : "malformed_request";
}

function answer(code: ProblemCode, { message }: ClientError, requestId: string): string {
  const body = JSON.stringify(problemDocument(code, requestId, message));
  return [
    `HTTP/1.1 ${problems[code].status} ${problems[code].title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
