// A receiver that keeps each request as the bytes that arrived, and misbehaves by its path.
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export type Seen = {
  readonly path: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
};

export type SecretsReceiver = { readonly port: number; readonly seen: readonly Seen[] };

export async function startSecretsReceiver(t: TestContext): Promise<SecretsReceiver> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => void receive(request, response, seen));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

async function receive(request: IncomingMessage, response: ServerResponse, seen: Seen[]): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { url: path = "", method = "", rawHeaders } = request;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ""] as const] : [],
  );
  seen.push({ path, method, headers, body: Buffer.concat(chunks) });
  if (path === "/reset" && method === "POST") return void request.socket.destroy();
  if (path === "/redirect") response.setHeader("location", "/elsewhere");
  response.writeHead(statuses[path] ?? 200, { "x-answer": "yes" }).end("taken");
}

const statuses: Readonly<Record<string, number>> = { "/failing": 500, "/redirect": 302, "/gone": 410, "/busy": 429 };
