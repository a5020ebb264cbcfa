// What Bellhop promises, checked between two books it has no hand in: what the publisher was told, and what the receivers
// have seen.
import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import type { Entry, Ledger } from "../ledger.ts";
import type { Program } from "../program.ts";
import type { Published } from "./load.ts";

/** A subscription as its receiver knows it. */
export type Receiver = { readonly ledger: Ledger; readonly path: string; readonly topics: readonly string[] };

const nameOf = (path: string, object: string): string => `${path} ${object}`;

/** Waits until every event that was acknowledged has reached every receiver that asked for its topic. */
export async function everythingArrived(published: readonly Published[], receivers: readonly Receiver[], withinMs = 60_000): Promise<void> {
  await eventually(() => {
    const missing = receivers.flatMap((receiver) => missingAt(receiver, published));
    assert.equal(
      missing.length,
      0,
      `${missing.length} of ${published.length} events did not arrive, e.g. ${missing.slice(0, 5).join(", ")}`,
    );
    return true;
  }, withinMs);
}

/** Waits until Bellhop's own log says so of everything, too. */
export async function everythingRecorded(program: Program): Promise<void> {
  for (const status of ["waiting", "retrying", "held", "failed", "dropped"])
    await eventually(async () => {
      const count = await program.countNotifications({ status });
      assert.equal(count, 0, `${count} notifications are ${status}`);
      return true;
    });
}

function missingAt({ ledger, path, topics }: Receiver, published: readonly Published[]): string[] {
  const arrived = new Set(ledger.successes.filter((entry) => entry.path === path).map(({ object }) => object));
  return published.filter(({ object, topic }) => topics.includes(topic) && !arrived.has(object)).map(({ object }) => nameOf(path, object));
}

/** One notification per event and subscription, always under the same id: also where a publish was repeated with its key. */
export function assertOneIdEach(ledgers: readonly Ledger[]): void {
  const ids = new Map<string, Set<string>>();
  for (const { path, object, id } of ledgers.flatMap(({ entries }) => entries)) {
    const name = nameOf(path, object);
    ids.set(name, (ids.get(name) ?? new Set()).add(id));
  }
  assert.deepEqual(
    [...ids].filter(([, each]) => each.size > 1),
    [],
  );
  const all = [...ids.values()].flatMap((each) => [...each]);
  assert.equal(new Set(all).size, all.length, "two notifications share an id");
}

export function assertAttemptsNeverDecrease(ledgers: readonly Ledger[]): void {
  const last = new Map<string, Entry>();
  for (const entry of ledgers.flatMap(({ entries }) => entries)) {
    const before = last.get(entry.id)?.attempts ?? 0;
    assert.ok(entry.attempts >= before, `${entry.id}: attempt ${entry.attempts} came after ${before}`);
    last.set(entry.id, entry);
  }
}

/** Each attempt is one request: what may happen twice only where the program dies between an answer and its record. */
export function assertEachRequestOnce(ledgers: readonly Ledger[]): void {
  const seen = new Set<string>();
  const twice = ledgers.flatMap(({ entries }) => entries).filter(({ id, attempts }) => seen.size === seen.add(`${id} ${attempts}`).size);
  assert.deepEqual(twice, []);
}

export function assertAllSigned(ledgers: readonly Ledger[]): void {
  assert.deepEqual(
    ledgers.flatMap(({ entries }) => entries).filter(({ signed }) => !signed),
    [],
  );
}

/** Nothing arrives that nobody published, and nothing at a receiver that did not ask for it. */
export function assertNothingElse(published: ReadonlyMap<string, Published>, receivers: readonly Receiver[]): void {
  for (const { ledger, path, topics } of receivers) {
    const strange = ledger.entries.filter((entry) => entry.path === path && !topics.includes(published.get(entry.object)?.topic ?? ""));
    assert.deepEqual(strange, []);
  }
}
