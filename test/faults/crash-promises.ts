// What must hold after a kill, whatever the moment: read from the receivers' ledgers, the publisher's book, and the rows as
// a stranger would read them.
import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import type { Entry } from "../ledger.ts";
import type { Scene } from "./crash-scene.ts";

/** What was on disk when the program was dead. */
export type AtCrash = { readonly recorded: ReadonlySet<string>; readonly delivered: ReadonlySet<string> };

export type Expected = {
  readonly mayRepeat: boolean;
  /** Why notifications of the plain subscription may have ended; those of the other one are delivered. */
  readonly ends: readonly string[];
  /** Delivered ones were sent once more because somebody asked for it. */
  readonly replayed: boolean;
};

type Fate = {
  id: string;
  event: string;
  /** Null without its event. */
  name: string | null;
  subscription: string;
  steps: number;
  last_step: number | null;
  attempts: number;
  requests: number;
  delivered: boolean;
  ended: string | null;
  settled: boolean;
};

type Shown = { data: { id: string; status: string; reason: string | null }[]; next_cursor: string | null };

const nameOfAttempt = ({ id, attempts }: Pick<Entry, "id" | "attempts">): string => `${id} ${attempts}`;

export async function bookAtCrash({ lane, app }: Scene): Promise<AtCrash> {
  const rows = await lane.ask<{ id: string; attempts: number; success: boolean }>(
    `select 'notif_' || notification as id, requests as attempts, log.reason is null as success
     from log join subscription s on s.ref = log.subscription where log.kind = 'a' and s.app = (select ref from app where id = $1)`,
    [app.app],
  );
  const delivered = rows.filter(({ success }) => success).map(({ id }) => id);
  return { recorded: new Set(rows.map(nameOfAttempt)), delivered: new Set(delivered) };
}

/** Every notification of the scene and what became of it. */
function fates({ lane, app }: Scene): Promise<Fate[]> {
  return lane.ask<Fate>(
    `select 'notif_' || n.id as id, 'evt_' || n.event as event, e.item::json ->> 'id' as name, s.id as subscription,
       count(l.step)::int4 as steps, max(l.step) as last_step,
       count(l.step) filter (where l.kind = 'a')::int4 as attempts, coalesce(max(l.requests) filter (where l.kind = 'a'), 0) as requests,
       coalesce(bool_or(l.kind = 'a' and l.reason is null), false) as delivered,
       (array_agg(l.reason order by l.step desc) filter (where l.kind = 'e'))[1] as ended,
       coalesce((array_agg(l.next_at is null and l.kind <> 'h' order by l.step desc) filter (where l.step is not null))[1], false) as settled
     from notification n left join event e on e.id = n.event join subscription s on s.ref = n.subscription left join log l on l.notification = n.id
     where s.app = (select ref from app where id = $1) group by n.id, n.event, e.item, s.id`,
    [app.app],
  );
}

/** Waits until nothing of the scene is owed any more, and looks at all that was promised. */
export async function assertPromises(scene: Scene, atCrash: AtCrash, expected: Expected): Promise<void> {
  const all = await eventually(async () => {
    const found = await fates(scene);
    assert.deepEqual(
      found.filter(({ settled }) => !settled).map(({ id, steps }) => `${id} has ${steps} steps and no end`),
      [],
    );
    return found;
  });
  await assertEvents(scene, all);
  assertFates(scene, all, expected);
  assertRequests(scene, all);
  assertRepeats(scene, atCrash, expected);
  scene.watch.assertKept();
  await assertShown(scene, all);
  const alive = await scene.lane.ask("select from node where not dead");
  assert.equal(alive.length, 1, "more than one owner is alive");
}

/** No acknowledged event without its notifications; no event twice. */
async function assertEvents({ lane, workspace, told }: Scene, all: readonly Fate[]): Promise<void> {
  const events = await lane.ask<{ id: string; name: string; notified: number; original: string | null }>(
    `select 'evt_' || id as id, item::json ->> 'id' as name, notified, replay_of as original from event
     where workspace = (select ref from workspace where external_id = $1)`,
    [workspace],
  );
  const published = events.filter(({ original }) => original === null);
  const copied = events.flatMap(({ original }) => original ?? []);
  const known = new Map(published.map((event) => [event.name, event]));
  assert.equal(known.size, published.length, "an event exists twice");
  assert.equal(new Set(copied).size, copied.length, "an event was copied twice");
  const lost = told.filter(({ event, name }) => event !== null && known.get(name)?.id !== event);
  assert.deepEqual(lost, [], "what was acknowledged is not there");
  const torn = events.filter(({ id, notified }) => all.filter(({ event }) => event === id).length !== notified);
  assert.deepEqual(torn, [], "an event is there without all its notifications");
  const orphans = all.filter(({ name }) => name === null);
  assert.deepEqual(orphans, [], "a notification is there without its event");
}

/** Delivered, or ended for a reason that the case brings about; steps and attempts counted without a hole. */
function assertFates({ app, plain, ordered }: Scene, all: readonly Fate[], { ends }: Expected): void {
  const mayEnd = ({ subscription, ended }: Fate): boolean =>
    ended !== null && ends.includes(ended) && (subscription === app.subscriptions[0] || ended === "uninstalled");
  assert.deepEqual(
    all.filter((fate) => !fate.delivered && !mayEnd(fate)),
    [],
    "it was neither delivered nor ended for a reason",
  );
  assert.deepEqual(
    all.filter(({ steps, last_step, attempts, requests }) => steps !== last_step || attempts !== requests),
    [],
    "its steps have holes",
  );
  const accepted = new Set([...plain.successes, ...ordered.successes].map(({ id }) => id));
  assert.deepEqual(
    all.filter(({ delivered, id }) => delivered && !accepted.has(id)),
    [],
    "it is called delivered, and nobody accepted it",
  );
}

/** Every request is signed and of a known notification, and each is numbered by the attempts before it. */
function assertRequests(scene: Scene, all: readonly Fate[]): void {
  const fateOf = new Map(all.map((fate) => [fate.id, fate]));
  const numbers = new Map<string, number>();
  for (const entry of scene.entries) {
    assert.ok(entry.signed, `${entry.id} was not signed with the secret`);
    assert.equal(entry.object, fateOf.get(entry.id)?.name, `${entry.id} is not known`);
    const before = numbers.get(entry.id) ?? 0;
    assert.ok(entry.attempts === before + 1 || (before > 0 && entry.attempts === before), `attempt ${entry.attempts} came after ${before}`);
    numbers.set(entry.id, entry.attempts);
  }
  for (const [id, number] of numbers) {
    const { attempts, ended } = fateOf.get(id) as Fate;
    assert.ok(
      attempts === number || (ended !== null && attempts < number),
      `${id} was attempted ${number} times, ${attempts} are recorded`,
    );
  }
}

/** A request is repeated only where nothing on disk said that it was made. */
function assertRepeats(scene: Scene, { recorded, delivered }: AtCrash, { mayRepeat, replayed }: Expected): void {
  const before = scene.entries.filter(({ phase }) => phase === 0);
  const after = scene.entries.filter(({ phase }) => phase > 0);
  const names = new Set(before.map(nameOfAttempt));
  for (const entries of [before, after])
    assert.equal(new Set(entries.map(nameOfAttempt)).size, entries.length, "a request was repeated without a kill");
  const repeated = after.filter((entry) => names.has(nameOfAttempt(entry)));
  assert.deepEqual(
    repeated.filter((entry) => recorded.has(nameOfAttempt(entry))),
    [],
    "what was recorded was made again",
  );
  if (!mayRepeat) assert.deepEqual(repeated, [], "nothing was under way, and yet it was repeated");
  if (replayed) return;
  assert.deepEqual(
    after.filter(({ id }) => delivered.has(id)),
    [],
    "a request came after a success was recorded",
  );
}

/** What people are shown is what the rows say. */
async function assertShown({ lane, app }: Scene, all: readonly Fate[]): Promise<void> {
  const wrong = new Map(all.map((fate) => [fate.id, fate.delivered ? "delivered" : fate.ended]));
  for (let cursor: string | null = ""; cursor !== null;) {
    const after: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page: Shown = await lane.program.must("GET", `/v1/notifications?app=${app.app}&limit=100${after}`);
    for (const { id, status, reason } of page.data) if (wrong.get(id) === (reason ?? status)) wrong.delete(id);
    cursor = page.next_cursor;
  }
  assert.deepEqual([...wrong], [], "what is shown is not what is on disk");
}
