// Receivers that nobody here wrote, behind the whole running program: what is published arrives at each of them, taken as
// genuine; one that holds another secret refuses all of it, and the log says so.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { eventually } from "../eventually.ts";
import { startTestProgram } from "../in-process.ts";
import type { TestProgram } from "../in-process.ts";
import { startExpressXHub, startStandardWebhooks, startXHubSignature } from "./servers.ts";
import type { Receiver } from "./servers.ts";

const receivers: { name: string; start: (secret: string) => Promise<Receiver> }[] = [
  { name: "x-hub-signature", start: startXHubSignature },
  { name: "express-x-hub", start: startExpressXHub },
  { name: "standardwebhooks", start: (secret) => startStandardWebhooks(`whsec_${Buffer.from(secret).toString("base64")}`) },
];

const seed = JSON.parse(readFileSync(new URL("../../cases/seed-notification.json", import.meta.url), "utf8")) as { data: { item: object } };
const large = { type: "conversation", id: "2", body: "aé…🎟".repeat(7_500) };
const events = [
  { topic: "ticket.created", item: seed.data.item },
  { topic: "company.created", item: { type: "company", id: "1", name: "Café “Zoë” 🎟", line: "\u2028" } },
  { topic: "conversation.user.created", item: large },
  { topic: "contact.deleted", item: { type: "contact", id: "5", deleted: true } },
];
const topics = events.map(({ topic }) => topic);

type Taken = { topic: string; data: { item: unknown } };

/** An app whose endpoint is the receiver; the receiver holds the app's secret, or another one. */
async function connect(program: TestProgram, start: (secret: string) => Promise<Receiver>, secretOf: (own: string) => string) {
  const installed = await program.makeInstalled({ topics, settings: { policy: { waits_s: [60] } } });
  const receiver = await start(secretOf(installed.secret));
  await program.must("PATCH", `/v1/apps/${installed.app}/subscriptions/${installed.subscription}?verify=false`, { url: receiver.url });
  for (const event of events) await program.publish({ workspace_id: installed.workspace, ...event });
  return { ...installed, receiver };
}

for (const { name, start } of receivers) {
  test(`${name} takes every topic, with emoji and an item of 90 kB; with another secret it refuses each`, async (t) => {
    const program = await startTestProgram(t);
    const right = await connect(program, start, (own) => own);
    t.after(() => right.receiver.close());
    await eventually(() => (right.receiver.verified.length === events.length ? true : null));
    const byTopic = new Map((right.receiver.verified as Taken[]).map((body) => [body.topic, body.data.item]));
    assert.deepEqual(byTopic, new Map(events.map(({ topic, item }) => [topic, item])));
    assert.equal(right.receiver.refused, 0);

    const wrong = await connect(program, start, () => "YW5vdGhlci1zZWNyZXQtdGhhdC1pcy1ub3QtcmlnaHQ");
    t.after(() => wrong.receiver.close());
    const failed = await eventually(async () => {
      const { data } = await program.must<{ data: { code: number }[] }>("GET", `/v1/notifications?app=${wrong.app}&status=retrying`);
      return data.length === events.length ? data : null;
    });
    assert.deepEqual(
      failed.map(({ code }) => code),
      [401, 401, 401, 401],
    );
    assert.deepEqual([wrong.receiver.verified.length, wrong.receiver.refused], [0, events.length]);
  });
}
