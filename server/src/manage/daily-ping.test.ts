import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import { createChecking } from "../checking.ts";
import { compilePolicy } from "../deliver/address.ts";
import type { Sender } from "../deliver/sender.ts";
import { openDatabase } from "../store/database.ts";
import type { Database } from "../store/database.ts";
import { createSeal } from "../store/seal.ts";
import { one, rows, run, sql } from "../store/sql.ts";
import { createDailyPing, pingsAtOnceMax } from "./daily-ping.ts";
import type { DailyPingDeps } from "./daily-ping.ts";
import type { DailyRound } from "./daily-round.ts";
import type { Outcome } from "./ping-delivery.ts";

const minuteMs = 60_000;
const dayMinutes = 1_440;
const midnightMs = Date.UTC(2026, 5, 1);
const app = "app_aaaaaaaaaaaaaaaa";
const seal = createSeal(Buffer.alloc(32, 1));

let testDatabase: TestDatabase;
let database: Database;
let nowMs: number;
/** When which path was pinged, in minutes since midnight. */
let pinged: { path: string; minute: number }[];
let troubles: unknown[];
let send: (path: string) => Promise<Outcome>;

const rules = compilePolicy({
  allowHttp: true,
  allowNetworks: [],
  allowHosts: [],
  local: true,
  ownPorts: [],
  ownHosts: [],
  ownAddresses: [],
  nat64: "deny",
});

function dailyPing(): DailyRound {
  const sender = {
    send: (request: { url: string; method: string }) => {
      const path = new URL(request.url).pathname;
      pinged.push({ path, minute: (nowMs - midnightMs) / minuteMs });
      return send(path);
    },
  } as unknown as Sender;
  const deps: DailyPingDeps = {
    database,
    seal,
    delivery: createChecking({ sender, rules, userAgent: "Bellhop/test" }),
    catalogue: () => assert.fail("a ping needs no catalogue"),
    nowMs: () => nowMs,
    trouble: (_, error) => troubles.push(error),
  };
  return createDailyPing(deps);
}

const times = { dnsUs: null, connectUs: null, tlsUs: null, firstByteUs: null, totalUs: 1_000 };

function outcome(status: number, failure: Outcome["failure"] = null): Outcome {
  return { status, failure, detail: null, headers: [], body: Buffer.alloc(0), bodyTruncated: false, startedAtMs: nowMs, ...times };
}

before(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, () => undefined);
  const sealed = seal.seal("c".repeat(43), `secret:${app}:1`);
  await run(database.control, sql`insert into workspace (id, name, kind, region, version) values ('w1', 'Paid', 'paid', 'us', 1)`);
  await run(
    database.control,
    sql`insert into app (id, owner, name, description, visibility, api_version, permissions, redirect_urls, client_id, version)
        select ${app}, ref, 'App', '', 'private', '2.11', '{}', '{}', 'client', 1 from workspace`,
  );
  await run(database.control, sql`insert into secret (app, number, sealed) select ref, 1, ${sealed} from app`);
});

after(async () => {
  await database?.close();
  await testDatabase?.drop();
});

beforeEach(async () => {
  for (const table of ["brake", "subscription_state", "subscription"]) await database.control.query(`delete from ${table}`);
  pinged = [];
  troubles = [];
  nowMs = midnightMs;
  send = async () => outcome(200);
});

/** A subscription whose minute is the remainder of its number, made long ago. */
async function make(ref: number, topicsOff: string[] = []): Promise<void> {
  await run(
    database.control,
    sql`insert into subscription (ref, id, app, url, topics, topics_off, policy, signatures, ordered, metadata, header_names, version, created_at)
        overriding system value
        select ${ref}, 'sub_' || ${ref}::int4, ref, 'https://example.com/' || ${ref}::int4, '{ticket.created}', ${topicsOff}, '"durable"',
          '{x-hub-signature}', false, '{}', '{}', 1, '2026-01-01' from app`,
  );
}

async function setState(ref: number, state: string): Promise<void> {
  await run(
    database.control,
    sql`insert into subscription_state (subscription, state, cause, since, health)
        values (${ref}, ${state}, 'kept', '2026-02-01', '{"kept":true}')`,
  );
}

/** Looks at each minute, from the next on up to this one. */
async function letPass(daily: DailyRound, untilMinute: number): Promise<void> {
  while (nowMs < midnightMs + untilMinute * minuteMs) {
    nowMs += minuteMs;
    await daily.look();
  }
}

test("for two days each live subscription is pinged once a day, at a minute of its own, and nobody else is", async () => {
  for (const ref of [3, 700, dayMinutes + 701, 1_200]) await make(ref);
  await setState(700, "live");
  for (const [index, state] of ["paused", "throttled", "suspended", "disabled"].entries()) {
    await make(100 + index);
    await setState(100 + index, state);
  }
  await make(200, ["ticket.created"]);
  await make(201);
  await run(database.control, sql`update subscription set deleted_at = now() where ref = 201`);
  await letPass(dailyPing(), 2 * dayMinutes);
  assert.deepEqual(
    pinged.map(({ path, minute }) => [path, minute]),
    [0, dayMinutes].flatMap((day) => [
      ["/3", day + 3],
      ["/700", day + 700],
      ["/2141", day + 701],
      ["/1200", day + 1_200],
    ]),
  );
  assert.deepEqual(troubles, []);
});

test("what it came to is kept beside the state, which stays as it is: a 410 disables nothing", async () => {
  await make(5);
  await make(6);
  await setState(6, "live");
  send = async (path) => (path === "/5" ? outcome(410, "gone") : outcome(204));
  await letPass(dailyPing(), 10);
  const kept = await rows(
    database.control,
    sql`select subscription, state, cause, since, health, pinged_at, ping from subscription_state order by subscription`,
  );
  const at = (minute: number): Date => new Date(midnightMs + minute * minuteMs);
  const five = { subscription: 5, state: "live", cause: null, since: new Date("2026-01-01T00:00:00Z"), health: null };
  const six = { subscription: 6, state: "live", cause: "kept", since: new Date("2026-02-01T00:00:00Z"), health: { kept: true } };
  assert.deepEqual(
    kept.map((row) => ({ ...row, since: new Date(row["since"]) })),
    [
      { ...five, pinged_at: at(5), ping: { status: 410, failure: "gone" } },
      { ...six, pinged_at: at(6), ping: { status: 204, failure: null } },
    ],
  );
  assert.deepEqual(await one(database.control, sql`select count(*) as audited from audit`), { audited: 0 });
});

test("a restart repeats no ping, and makes up for those of the hours it took, not of longer", async () => {
  for (const ref of [10, 600, 700, 1_000]) await make(ref);
  await letPass(dailyPing(), 20);
  await letPass(dailyPing(), 30);
  nowMs = midnightMs + 750 * minuteMs;
  await letPass(dailyPing(), 760);
  assert.deepEqual(
    pinged.map(({ path, minute }) => [path, minute]),
    [
      ["/10", 10],
      ["/600", 751],
      ["/700", 751],
    ],
  );
  await letPass(dailyPing(), 2 * dayMinutes);
  const later = pinged.slice(3).map(({ path, minute }) => [path, minute]);
  assert.deepEqual(later, [
    ["/1000", 1_000],
    ["/10", dayMinutes + 10],
    ["/600", dayMinutes + 600],
    ["/700", dayMinutes + 700],
    ["/1000", dayMinutes + 1_000],
  ]);
});

test("one that was just made waits for the next day; one under a brake is left alone", async () => {
  for (const ref of [10, 11, 12]) await make(ref);
  await run(database.control, sql`update subscription set created_at = to_timestamp(${midnightMs / 1_000}::float8) where ref = 10`);
  await run(
    database.control,
    sql`insert into brake (id, subscription, until, reason, created_by) values ('brake_1', 11, now() + interval '1 hour', 'why', 'key_1')`,
  );
  await letPass(dailyPing(), 30);
  assert.deepEqual(
    pinged.map(({ path }) => path),
    ["/12"],
  );
});

test("a bounded number is under way at once; a stop waits for them and starts no more", async () => {
  const inOneMinute = pingsAtOnceMax * 2;
  for (let each = 0; each < inOneMinute; each++) await make(1 + each * dayMinutes);
  const full = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<Outcome>();
  send = () => {
    if (pinged.length === pingsAtOnceMax) full.resolve();
    return answered.promise;
  };
  const daily = dailyPing();
  const passed = letPass(daily, 1);
  await full.promise;
  const stopped = daily.stop();
  answered.resolve(outcome(200));
  await Promise.all([stopped, passed]);
  assert.equal(pinged.length, pingsAtOnceMax);
  await letPass(daily, 10);
  assert.equal(pinged.length, pingsAtOnceMax);
  const kept = await one(database.control, sql`select count(*) as kept from subscription_state where ping is not null`);
  assert.deepEqual(kept, { kept: pingsAtOnceMax });
});
