// A receiver to be mean with: a server on loopback that speaks HTTP by hand, so that it can break every rule of it. Each
// request that has arrived whole is handed to a behaviour with the bare socket; what the behaviour writes is what is sent.
// With a certificate the same is done over TLS, whose bytes can be tampered with on their way.

import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { duplexPair } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import type { SecureContextOptions, TLSSocketOptions } from "node:tls";

export type Certificate = "good" | "expired" | "not-yet-valid" | "wrong-name" | "self-signed" | "unknown-issuer";

/** `connection` counts from 1. `servername` is what the client asked for by SNI. */
export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly connection: number;
  readonly servername: string | null;
};

export type Behaviour = (socket: Socket, request: Received) => void;

export type Receiver = {
  readonly port: number;
  readonly url: string;
  readonly requests: readonly Received[];
  /** Connections accepted so far, and those still open. */
  connections(): number;
  open(): number;
  /** Keeps none of the requests so far. */
  forget(): void;
  close(): Promise<void>;
};

export type ReceiverOptions = {
  /** Speak TLS with this certificate. */
  readonly certificate?: Certificate;
  /** Which versions, which protocol by ALPN, whether to ask for a client certificate. */
  readonly tls?: SecureContextOptions & Pick<TLSSocketOptions, "requestCert" | "rejectUnauthorized" | "ALPNProtocols">;
  /** Acts on a connection before a byte of it was read, instead of speaking TLS or HTTP on it. */
  readonly onAccept?: (bare: Socket) => void;
  /** Acts on a connection, once its TLS handshake is done, instead of reading requests from it. */
  readonly onConnection?: (socket: Socket) => void;
  /** Gets each piece of what TLS wants to send and sends what it likes; `before` is how many bytes TLS wanted to send so far. */
  readonly tamper?: (piece: Buffer, bare: Socket, before: number) => void;
};

export const authority = readCertificate("authority.pem");

/** The text of a file in `certs`. */
export function readCertificate(file: string): string {
  return readFileSync(new URL(`certs/${file}`, import.meta.url), "utf8");
}

const bares = new WeakMap<Socket, Socket>();

/** The TCP connection itself, also under TLS. */
export function bareOf(socket: Socket): Socket {
  return bares.get(socket) ?? socket;
}

/** Ends a connection with a RST. */
export function reset(socket: Socket): void {
  bareOf(socket).resetAndDestroy();
}

/** Ends a connection with a FIN and nothing else: over TLS without the alert that says so. */
export function cut(socket: Socket): void {
  bareOf(socket).destroy();
}

export async function startReceiver(behaviour: Behaviour, options: ReceiverOptions = {}): Promise<Receiver> {
  const requests: Received[] = [];
  const open = new Set<Socket>();
  const secure = secured(options);
  let connections = 0;
  // A half-open connection stays open: a receiver that has nothing more to hear may still have something to say.
  const server = createServer({ allowHalfOpen: false }, (bare) => {
    const connection = connections + 1;
    connections = connection;
    open.add(bare);
    bare.on("error", () => {}).on("close", () => open.delete(bare));
    if (options.onAccept !== undefined) return options.onAccept(bare);
    secure(bare, (socket) => {
      if (options.onConnection !== undefined) return options.onConnection(socket);
      readRequests(socket, connection, (request) => {
        requests.push(request);
        behaviour(socket, request);
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.certificate === undefined ? "http" : "https"}://localhost:${port}/in`,
    requests,
    connections: () => connections,
    open: () => open.size,
    forget: () => void requests.splice(0),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** What makes of an accepted connection the one that HTTP is spoken on. */
function secured({ certificate, tls, tamper }: ReceiverOptions): (bare: Socket, ready: (socket: Socket) => void) => void {
  if (certificate === undefined) return (bare, ready) => ready(bare);
  const { requestCert = false, rejectUnauthorized = false, ALPNProtocols, ...context } = tls ?? {};
  const secureContext = createSecureContext({
    cert: readCertificate(`${certificate}.pem`),
    key: readCertificate(`${certificate}-key.pem`),
    ca: authority,
    ...context,
  });
  const settings = { isServer: true, secureContext, requestCert, rejectUnauthorized, ...(ALPNProtocols ? { ALPNProtocols } : {}) };
  return (bare, ready) => {
    const socket = new TLSSocket(tamper === undefined ? bare : (tampered(bare, tamper) as Socket), settings);
    bares.set(socket, bare);
    bare.on("close", () => socket.destroy());
    socket.on("error", () => {}).once("secure", () => ready(socket));
  };
}

function tampered(bare: Socket, tamper: NonNullable<ReceiverOptions["tamper"]>): NodeJS.ReadWriteStream {
  const [inside, outside] = duplexPair();
  let before = 0;
  inside.on("error", () => {});
  outside
    .on("error", () => {})
    .on("data", (piece: Buffer) => {
      tamper(piece, bare, before);
      before += piece.length;
    });
  bare.on("data", (piece) => outside.write(piece)).on("close", () => outside.destroy());
  return inside;
}

function readRequests(socket: Socket, connection: number, handle: (request: Received) => void): void {
  let buffered: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (let read = parse(buffered, socket, connection); read !== null; read = parse(buffered, socket, connection)) {
      buffered = buffered.subarray(read.bytes);
      handle(read.request);
    }
  });
}

function parse(buffered: Buffer, socket: Socket, connection: number): { request: Received; bytes: number } | null {
  const end = buffered.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [line = "", ...fields] = buffered.toString("latin1", 0, end).split("\r\n");
  const headers = new Map(fields.map((field) => [field.slice(0, field.indexOf(":")).toLowerCase(), field.slice(field.indexOf(":") + 2)]));
  const bytes = end + 4 + Number(headers.get("content-length") ?? 0);
  if (buffered.length < bytes) return null;
  const [method = "", path = ""] = line.split(" ");
  const servername = (socket as Partial<TLSSocket>).servername || null;
  return { request: { method, path, headers, body: buffered.subarray(end + 4, bytes), connection, servername }, bytes };
}

/** A whole answer as text. `headers` are lines without their end. */
export function answerText(status: number, headers: readonly string[] = [], body = ""): string {
  return [`HTTP/1.1 ${status} X`, ...headers, `content-length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
}

/** The ordinary receiver: answers, and keeps the connection. */
export function answers(status: number, headers: readonly string[] = [], body = ""): Behaviour {
  return (socket) => {
    socket.write(answerText(status, headers, body));
  };
}

/** Writes exactly this. */
export function writes(...pieces: readonly (string | Buffer)[]): Behaviour {
  return (socket) => {
    for (const piece of pieces) socket.write(piece, "latin1");
  };
}

/** Writes this and closes the connection. */
export function writesAndCloses(text: string | Buffer): Behaviour {
  return (socket) => {
    socket.end(text, "latin1");
  };
}

/** Writes this and ends the connection without a word, or with a RST, once it is on its way. */
export function writesAnd(end: (socket: Socket) => void, text: string): Behaviour {
  return (socket) => {
    socket.write(text, "latin1", () => setImmediate(end, socket));
  };
}

/** Repeats a piece until the connection is gone, after writing a beginning. */
export function drips(beginning: string, piece: string | Buffer, everyMs: number): Behaviour {
  return (socket) => {
    socket.write(beginning, "latin1");
    const timer = setInterval(() => socket.write(piece, "latin1"), everyMs);
    socket.on("close", () => clearInterval(timer));
  };
}

/** Repeats a piece as fast as the other side takes it. */
export function floods(beginning: string, piece: string | Buffer): Behaviour {
  return (socket) => {
    socket.write(beginning, "latin1");
    const more = (): void => {
      // A turn between two pieces, so that the flood does not keep this process from its other work.
      if (socket.write(piece, "latin1")) setImmediate(() => socket.destroyed || more());
      else socket.once("drain", more);
    };
    more();
  };
}
