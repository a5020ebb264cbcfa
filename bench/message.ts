// As much of HTTP/1.1 as the benchmark's own sockets need: messages with a content-length, one after the other.

export type Message = { readonly head: string; readonly body: Buffer; readonly end: number };

const blankLine = Buffer.from("\r\n\r\n");

/** The first whole message of the bytes; null when more of it has to come. */
export function takeMessage(bytes: Buffer): Message | null {
  const headEnd = bytes.indexOf(blankLine);
  if (headEnd === -1) return null;
  const head = bytes.toString("latin1", 0, headEnd);
  const start = headEnd + blankLine.length;
  const end = start + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return bytes.length < end ? null : { head, body: bytes.subarray(start, end), end };
}
