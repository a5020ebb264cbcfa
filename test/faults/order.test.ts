// Order per key while the program is killed again and again under load, seen from the receiver's side. SEED repeats a run.
import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import type { Answer, Entry } from "../ledger.ts";
import { keyedOf, nameOf, OrderWatch } from "../order-watch.ts";
import type { Keyed } from "../order-watch.ts";
import { makeProgram } from "../program.ts";
import type { Program } from "../program.ts";
import { seededChance } from "./chance.ts";

const topic = "ticket.created";
const kills = 3;
const keys = 40;
/** Of every key, between one kill and the next. */
const placesPerKill = 6;
const batchEvents = 60;

/** Publishes some places of every key, and as many without a key; the next batch only when the one before was accepted. */
async function publish(program: Program, from: number, to: number): Promise<Keyed[]> {
  const all: Keyed[] = [];
  for (let place = from; place < to; place++)
    for (let key = 0; key < keys; key++)
      all.push({ key: key % 4 === 3 ? null : `key-${key}`, place: key % 4 === 3 ? place * keys + key : place });
  for (let at = 0; at < all.length; at += batchEvents) {
    const events = all.slice(at, at + batchEvents).map((event) => ({
      workspace_id: "ext:w",
      topic,
      item: { id: nameOf(event) },
      ...(event.key === null ? {} : { ordering_key: event.key }),
    }));
    const { accepted } = await program.must<{ accepted: number }>("POST", "/v1/events/batch", events);
    assert.equal(accepted, events.length);
  }
  return all;
}

/** A few milliseconds; every fortieth with a key fails once. */
function slowAndSometimesFailing({ object, attempts }: Entry): Answer {
  const { key, place } = keyedOf(object);
  const number = Number(key?.slice("key-".length) ?? 1) + place * 7;
  return { status: key !== null && attempts === 1 && number % 40 === 0 ? 500 : 200, afterMs: 3 + (number % 9) };
}

test("each key's events arrive one after the other although the program is killed again and again", async (t) => {
  const { seed, chance } = seededChance();
  t.diagnostic(`SEED=${seed}`);
  const program = await makeProgram(t);
  await program.start();
  const ledger = await makeLedger(t);
  const watch = new OrderWatch(ledger, slowAndSometimesFailing);
  const settings = { topics: [topic], ordered: true, policy: { waits_s: [1, 1, 1, 1, 1, 1] } };
  const app = await program.makeApp("w", [{ url: `${ledger.url}/ordered`, ...settings }]);
  ledger.secret = app.secret;

  const published: Keyed[] = [];
  for (let kill = 0; kill < kills; kill++) {
    published.push(...(await publish(program, kill * placesPerKill, (kill + 1) * placesPerKill)));
    const after = ledger.entries.length + 20 + Math.floor(chance() * 250);
    await eventually(() => (ledger.entries.length >= after || watch.accepted.size === published.length ? true : null));
    assert.equal(await program.kill("SIGKILL"), "SIGKILL");
    await program.start();
  }
  await watch.allAccepted(published, 90_000);
  t.diagnostic(`${published.length} events, ${ledger.entries.length} requests`);
});
