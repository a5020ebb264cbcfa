// Before a rival is measured it has to do the job: everything that is published arrives, what fails at first too, with both
// signatures right and a row for each attempt.
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { destinationHost } from "../destination.ts";
import { itemText } from "../item.ts";
import { signingSecret } from "./queue.ts";
import type { Rival } from "./rivals.ts";

export type Checked = { readonly delivered: number; readonly attempts: number };

const events = 200;
const fanOut = 10;
const batch = 100;
const itemBytes = 1_000;
/** Of this many notifications one is refused at its first attempt. */
const refusedEach = 20;
const withinMs = 60_000;
const pollMs = 50;

/** Throws when anything is missing, wrong, or told twice. */
export async function checkRival(rival: Rival): Promise<Checked> {
  const receiver = new Receiver();
  const port = await receiver.listen();
  await rival.makeWorkspaces(["check-1"], 1, port);
  await rival.makeWorkspaces(["check-10"], fanOut, port);
  for (let number = 0; number < events; number++) await publish(rival, "/v1/events", [event("check-1", number)]);
  for (let number = 0; number < events; number += batch) {
    const lines = Array.from({ length: batch }, (_, index) => event("check-10", number + index));
    await publish(rival, "/v1/events/batch", lines);
  }
  const expected = events + events * fanOut;
  await until(
    async () => receiver.delivered.size >= expected,
    () => `${rival.name} delivered ${receiver.delivered.size} of ${expected}`,
  );
  const logged = async (): Promise<boolean> => (await rival.logged()) >= receiver.attempts;
  await until(logged, () => `${rival.name} did not log its ${receiver.attempts} attempts`);
  await receiver.close();
  const { delivered, refused, attempts } = receiver;
  if (attempts !== delivered.size + refused.size) throw new Error(`${rival.name} made ${attempts} attempts at ${expected} notifications`);
  if (receiver.wrong > 0) throw new Error(`${rival.name}: ${receiver.wrong} requests had a wrong signature`);
  if ((await rival.logged()) !== attempts) throw new Error(`${rival.name} logged attempts that were not made`);
  return { delivered: delivered.size, attempts };
}

function event(workspace: string, number: number): string {
  return `{"workspace_id":"ext:${workspace}","topic":"ticket.created","item":${itemText(number, 0, itemBytes)}}`;
}

async function publish({ key, port }: Rival, path: string, lines: readonly string[]): Promise<void> {
  const type = lines.length === 1 ? "application/json" : "application/x-ndjson";
  const headers = { authorization: `Bearer ${key}`, "content-type": type };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers, body: lines.join("\n") });
  if (answer.status !== 202) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

async function until(holds: () => Promise<boolean>, otherwise: () => string): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(otherwise());
    await wait(pollMs);
  }
}

/** The first destinations. Verifies each request, refuses some the first time. */
class Receiver {
  readonly delivered = new Set<string>();
  readonly refused = new Set<string>();
  readonly #servers: Server[] = [];
  attempts = 0;
  wrong = 0;

  async listen(): Promise<number> {
    let port = 0;
    for (let number = 0; number < fanOut; number++) {
      const server = createServer((request, response) => void this.#hear(request).then((status) => response.writeHead(status).end()));
      this.#servers.push(server.listen(port, destinationHost(number)));
      await once(server, "listening");
      port = (server.address() as AddressInfo).port;
    }
    return port;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    }
  }

  async #hear(request: IncomingMessage): Promise<number> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    this.attempts++;
    if (!isGenuine(request, body)) this.wrong++;
    const id = String(request.headers["webhook-id"]);
    const isRefused = this.attempts % refusedEach === 0 && !this.refused.has(id);
    if (isRefused) this.refused.add(id);
    else this.delivered.add(id);
    return isRefused ? 503 : 200;
  }
}

function isGenuine({ headers }: IncomingMessage, body: Buffer): boolean {
  const { id } = JSON.parse(body.toString()) as { id: string };
  const hub = createHmac("sha1", signingSecret).update(body).digest("hex");
  const signed = createHmac("sha256", signingSecret)
    .update(`${id}.${String(headers["webhook-timestamp"])}.`)
    .update(body);
  const isSigned = headers["webhook-signature"] === `v1,${signed.digest("base64")}`;
  return headers["x-hub-signature"] === `sha1=${hub}` && headers["webhook-id"] === id && isSigned;
}
