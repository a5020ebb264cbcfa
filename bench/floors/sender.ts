// The bare sender: builds each body anew, signs it twice, posts it with undici on connections that stay open, and reads
// the status. Nothing is stored, limited, guarded or told.
import { createSecretKey } from "node:crypto";
import { Client } from "undici";
import type { Dispatcher } from "undici";
import { envelope } from "../../server/src/deliver/envelope.ts";
import { hubHeader, hubSignature, webhookSignature } from "../../server/src/deliver/sign.ts";
import { eventId } from "../../server/src/domain/id.ts";
import { nowMs } from "../clock.ts";
import { destinationUrl } from "../destination.ts";
import { itemText } from "../item.ts";
import { answerQuestions } from "../worker.ts";

export type SenderLoad = { readonly port: number; readonly destinations: number; readonly itemBytes: number };

const atOnce = 64;
const itemsKept = 100;

const key = createSecretKey(Buffer.from("0123456789abcdef0123456789abcdef"));
let clients: Client[] = [];
let items: string[] = [];
let running = false;
let made = 0;
let done = 0;

function start({ port, destinations, itemBytes }: SenderLoad): void {
  const clientOf = (number: number): Client =>
    new Client(new URL(destinationUrl(port, number)).origin, { headersTimeout: 0, bodyTimeout: 0 });
  clients = Array.from({ length: destinations }, (_, number) => clientOf(number));
  items = Array.from({ length: itemsKept }, (_, number) => itemText(number, nowMs(), itemBytes));
  running = true;
  for (let flight = 0; flight < Math.min(atOnce, destinations); flight++) sendNext();
}

function sendNext(): void {
  if (!running) return;
  const number = made++;
  const client = clients[number % clients.length] as Client;
  client.dispatch(request(number), {
    onRequestStart: () => undefined,
    onResponseStart: () => undefined,
    onResponseData: () => undefined,
    onResponseEnd: () => {
      done++;
      sendNext();
    },
    onResponseError: (_, error) => process.stderr.write(`bare sender: ${error.message}\n`),
  });
}

function request(number: number): Dispatcher.DispatchOptions {
  const item = items[number % items.length] as string;
  const seconds = Math.floor(Date.now() / 1_000);
  const id = `notif_${eventId(Date.now(), number & 0xfff, Buffer.from([1, 2, 3, 4, number & 0xff, 0]))}`;
  const fields = { appId: "w", item, id, topic: "ticket.created", deliveryStatus: "pending", deliveryAttempts: 1 } as const;
  const body = Buffer.from(envelope({ ...fields, firstSentAt: seconds, createdAt: seconds }));
  const headers = ["content-type", "application/json", "user-agent", "bench", "x-hub-signature", hubHeader(hubSignature(key, body))];
  headers.push("webhook-id", id, "webhook-timestamp", String(seconds));
  headers.push("webhook-signature", `v1,${webhookSignature(key, id, seconds, body).toString("base64")}`);
  return { path: `/${number % clients.length}`, method: "POST", headers, body };
}

async function stop(): Promise<void> {
  running = false;
  await Promise.all(clients.map((client) => client.close()));
}

answerQuestions({ start, stop, read: () => done });
