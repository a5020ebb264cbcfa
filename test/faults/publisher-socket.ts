// A publisher that writes its own bytes, right or wrong, and reads or does not read what comes back.
import { connect } from "node:net";
import type { Socket } from "node:net";
import { adminKey } from "../program.ts";

/** Ends hangs: whatever can be answered is, long before. */
const answeredWithinMs = 20_000;

/** `status` is 0 when the connection ended without a word; `code` is that of a problem document. */
export type RawAnswer = { readonly status: number; readonly code: string | null; readonly text: string };
export type Bytes = string | Buffer;
export type Wanted = { readonly path?: string; readonly method?: string; readonly headers?: readonly string[]; readonly body?: Bytes };

/** A request with the key, `Content-Type` and `Content-Length` that belong to it, and whatever else is in `headers`. */
export function publish({ path = "/v1/events", method = "POST", headers = [], body = "" }: Wanted): Buffer {
  const content = Buffer.from(body as string);
  const given = headers.some((header) => /^content-type:/i.test(header)) ? headers : ["Content-Type: application/json", ...headers];
  return Buffer.concat([request({ path, method, headers: [...given, `Content-Length: ${content.length}`] }), content]);
}

/** The head of a request with the key and exactly these headers; what follows it is the caller's. */
export function request({ path = "/v1/events", method = "POST", headers = [] }: Wanted): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, "Host: bellhop", `Authorization: Bearer ${adminKey}`, ...headers];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/** A connection on which errors are expected. */
export function open(port: number): Socket {
  return connect(port, "127.0.0.1").on("error", () => undefined);
}

/** However it comes about. */
export function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once("close", resolve));
}

/** Resolves with the first answer, whole; where it announces the connection's end, with all that came until then. */
export function answerTo(port: number, bytes: Bytes): Promise<RawAnswer> {
  const socket = open(port);
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  return answerOn(socket);
}

export function answerOn(socket: Socket, withinMs = answeredWithinMs): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const hangs = setTimeout(() => reject(new Error(`not answered: ${text.slice(0, 500)}`)), withinMs);
    let text = "";
    const end = (): void => {
      clearTimeout(hangs);
      socket.destroy();
      resolve(read(text));
    };
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (isWhole(text)) end();
    });
    socket.once("close", end);
  });
}

function isWhole(text: string): boolean {
  const [head = "", ...rest] = withoutInterim(text).split("\r\n\r\n");
  if (rest.length === 0 || /^connection: close/im.test(head)) return false;
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  return length !== undefined && rest.join("\r\n\r\n").length >= Number(length);
}

const withoutInterim = (text: string): string => text.replace(/^HTTP\/1\.1 1\d\d [^]*?\r\n\r\n/, "");

function read(text: string): RawAnswer {
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(withoutInterim(text))?.[1] ?? 0);
  const isProblem = /^content-type: application\/problem\+json/im.test(text);
  const body = text.slice(text.lastIndexOf("\r\n\r\n") + 4);
  return { status, code: isProblem ? (JSON.parse(body) as { code: string }).code : null, text };
}
