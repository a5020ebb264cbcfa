// A receiver with every kind of trouble that lasts for days, by the first part of the path. It knows the virtual time.
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export type Manner =
  | "fine"
  | "failing"
  | "hanging"
  | "throttling"
  | "asking-to-wait"
  | "gone-on-day-4"
  | "well-on-even-days"
  | "failing-one-key";

export const failingKey = "key-1";

export type Receiver = { readonly url: string; readonly seen: Set<string> };

/** `day`: how many days have passed. `seen`: what was accepted, as path and item. */
export async function startReceiver(t: TestContext, day: () => number): Promise<Receiver> {
  const seen = new Set<string>();
  const server = createServer((request, response) => void receive(request, response, day, seen));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function receive(request: IncomingMessage, response: ServerResponse, day: () => number, seen: Set<string>): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return; // the sender was stopped
  }
  const text = Buffer.concat(chunks).toString();
  const item = text === "" ? "" : ((JSON.parse(text) as { data?: { item?: { id?: string } } }).data?.item?.id ?? "");
  const path = request.url ?? "/";
  const status = statusOf(path.split("/")[1] as Manner, item, day());
  if (status === null) return;
  if (status === 200) seen.add(`${path} ${item}`);
  response.writeHead(status, path.startsWith("/asking-to-wait") ? { "retry-after": "5400" } : {}).end();
}

/** Null: never. */
function statusOf(manner: Manner, item: string, day: number): number | null {
  switch (manner) {
    case "fine":
      return 200;
    case "failing":
      return 500;
    case "hanging":
      return null;
    case "throttling":
    case "asking-to-wait":
      return 429;
    case "gone-on-day-4":
      return day >= 4 ? 410 : 503;
    case "well-on-even-days":
      return Math.floor(day) % 2 === 0 ? 200 : 502;
    case "failing-one-key":
      return item.endsWith(failingKey) ? 500 : 200;
  }
}
