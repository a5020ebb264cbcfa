// A receiver to be mean with: a server on loopback that speaks HTTP by hand, so that it can break every rule of it. Each
// request that has arrived whole is handed to a behaviour with the bare socket; what the behaviour writes is what is sent.

import { readFileSync } from "node:fs";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { TLSSocket } from "node:tls";

export type Certificate = "good" | "expired" | "wrong-name" | "self-signed";

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
  close(): Promise<void>;
};

export type ReceiverOptions = {
  /** Speak TLS with this certificate. */
  readonly certificate?: Certificate;
  /** Only TLS up to 1.1, or asking for a client certificate. */
  readonly tls?: { readonly requestCert?: boolean; readonly rejectUnauthorized?: boolean };
  /** Act on a connection instead of reading requests from it. */
  readonly onConnection?: (socket: Socket) => void;
};

export const authority = readCertificate("authority.pem");

function readCertificate(file: string): string {
  return readFileSync(new URL(`certs/${file}`, import.meta.url), "utf8");
}

export async function startReceiver(behaviour: Behaviour, options: ReceiverOptions = {}): Promise<Receiver> {
  const requests: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = makeServer(options, (socket) => {
    const connection = connections + 1;
    connections = connection;
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    if (options.onConnection !== undefined) return options.onConnection(socket);
    readRequests(socket, connection, (request) => {
      requests.push(request);
      behaviour(socket, request);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.certificate === undefined ? "http" : "https"}://localhost:${port}/in`,
    requests,
    connections: () => connections,
    open: () => sockets.size,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function makeServer(options: ReceiverOptions, accept: (socket: Socket) => void): Server {
  if (options.certificate === undefined) return createTcpServer(accept);
  const { certificate, tls } = options;
  const server = createTlsServer(
    { cert: readCertificate(`${certificate}.pem`), key: readCertificate(`${certificate}-key.pem`), ...tls },
    accept,
  );
  return server.on("tlsClientError", () => {});
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
    for (const piece of pieces) socket.write(piece);
  };
}

/** Writes this and closes the connection. */
export function writesAndCloses(text: string | Buffer): Behaviour {
  return (socket) => {
    socket.end(text);
  };
}

/** Repeats a piece until the connection is gone, after writing a beginning. */
export function drips(beginning: string, piece: string | Buffer, everyMs: number): Behaviour {
  return (socket) => {
    socket.write(beginning);
    const timer = setInterval(() => socket.write(piece), everyMs);
    socket.on("close", () => clearInterval(timer));
  };
}
