// What one case plays with: a workspace with an app of its own, a subscription that keeps order and one that does not, a
// receiver for each, and a publisher that keeps its own book. Every event goes to both.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import type { Answer, Entry, Ledger } from "../ledger.ts";
import { nameOf, OrderWatch } from "../order-watch.ts";
import { adminKey } from "../program.ts";
import type { MadeApp } from "../program.ts";
import type { Lane } from "./crash-lane.ts";

const topic = "ticket.created";
const keys = ["first", "apart", "third"];
const policy = { waits_s: [1, 1, 1, 1, 1, 1] };
const inFlight = 8;
const publisherWaitsMs = 20_000;

/** `event`: its id, once the publisher was told; null while nothing was heard. */
export type Told = { readonly name: string; readonly key: string | null; readonly orderingKey: string | null; event: string | null };

let scenes = 0;

export class Scene {
  readonly lane: Lane;
  readonly app: MadeApp;
  readonly workspace: string;
  readonly plain: Ledger;
  readonly ordered: Ledger;
  readonly watch: OrderWatch;
  readonly told: Told[] = [];
  /** Decides every answer of both receivers. */
  answer: (entry: Entry) => Answer = () => ({ status: 200 });

  constructor(lane: Lane, app: MadeApp, workspace: string, plain: Ledger, ordered: Ledger) {
    this.lane = lane;
    this.app = app;
    this.workspace = workspace;
    this.plain = plain;
    this.ordered = ordered;
    plain.answer = (entry) => this.answer(entry);
    this.watch = new OrderWatch(ordered, (entry) => this.answer(entry));
  }

  get ledgers(): Ledger[] {
    return [this.plain, this.ordered];
  }

  get entries(): Entry[] {
    return this.ledgers.flatMap(({ entries }) => entries);
  }

  get open(): Entry[] {
    return this.ledgers.flatMap(({ open }) => open);
  }

  /** Of the plain subscription, or of the one that keeps order. */
  route(which: "plain" | "ordered" = "plain"): string {
    return `/v1/apps/${this.app.app}/subscriptions/${this.app.subscriptions[which === "plain" ? 0 : 1]}`;
  }

  set phase(phase: number) {
    for (const ledger of this.ledgers) ledger.phase = phase;
  }

  set secret(secret: string) {
    for (const ledger of this.ledgers) ledger.secret = secret;
  }

  release(status: number): void {
    for (const ledger of this.ledgers) ledger.release(status);
  }

  /** So many in one batch: each second one of an ordering key, each fourth one without an idempotency key. */
  async publish(count = 8): Promise<void> {
    await this.#send(Array.from({ length: count }, () => this.#make(true)));
  }

  /** So many that no order holds back. */
  async publishMany(count: number): Promise<void> {
    await this.#send(Array.from({ length: count }, () => this.#make(false)));
  }

  /** Everything with a key once more: what was told before is told again, whatever was not is told now. */
  async repeat(): Promise<void> {
    const again = this.told.filter(({ key }) => key !== null);
    if (again.length === 0) return;
    const before = again.map(({ event }) => event);
    await this.#send(again);
    for (const [index, { event, name }] of again.entries()) {
      assert.notEqual(event, null, `${name} was refused when it was repeated`);
      if (before[index] !== null) assert.equal(event, before[index], `${name} became another event`);
    }
  }

  /** Pauses the plain subscription and has so many held for it; nothing else is under way then. */
  async hold(count: number): Promise<void> {
    await this.pause();
    await this.publishMany(count);
    await this.stepped(count * 2);
  }

  async pause(which?: "plain" | "ordered"): Promise<void> {
    await this.lane.program.must("POST", `${this.route(which)}/pause`, {});
  }

  async setLive(held: "send" | "discard", which?: "plain" | "ordered"): Promise<void> {
    await this.lane.program.must("POST", `${this.route(which)}/set-live`, { held });
  }

  /** Until so many notifications of the app have a step on disk. */
  async stepped(count: number): Promise<void> {
    await eventually(async () => {
      const [row] = await this.lane.ask<{ count: string }>(
        `select count(distinct notification) from log join subscription s on s.ref = log.subscription
         where s.app = (select ref from app where id = $1)`,
        [this.app.app],
      );
      return Number(row?.count) >= count ? true : null;
    });
  }

  /** Until both receivers have so many open requests together. */
  async underWay(count: number): Promise<void> {
    await eventually(() => (this.open.length >= count ? true : null));
  }

  #make(mayOrder: boolean): Told {
    const number = this.told.length;
    const isOrdered = mayOrder && number % 2 === 0;
    const orderingKey = isOrdered ? (keys[(number / 2) % keys.length] as string) : null;
    const place = this.told.filter((each) => each.orderingKey === orderingKey).length;
    const told = { name: nameOf({ key: orderingKey, place }), key: number % 4 === 3 ? null : `key-${number}`, orderingKey, event: null };
    this.told.push(told);
    return told;
  }

  /** Nothing is noted where the program died before it answered. */
  async #send(all: readonly Told[]): Promise<void> {
    const lines = all.map(({ name, key, orderingKey }) => ({
      workspace_id: `ext:${this.workspace}`,
      topic,
      item: { type: "ticket", id: name },
      ...(key === null ? {} : { idempotency_key: key }),
      ...(orderingKey === null ? {} : { ordering_key: orderingKey }),
    }));
    const body = lines.map((line) => JSON.stringify(line)).join("\n");
    const { results } = await this.#ask(body);
    for (const [index, told] of all.entries()) told.event = results[index]?.id ?? told.event;
  }

  /** Asks again where nothing was stored, as on a machine that is too busy. Fails where nobody answers any more. */
  async #ask(body: string): Promise<{ results: { id?: string }[] }> {
    const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/x-ndjson" };
    for (;;) {
      const signal = AbortSignal.timeout(publisherWaitsMs);
      const answer = await fetch(`${this.lane.program.url}/v1/events/batch`, { method: "POST", headers, body, signal });
      const text = await answer.text();
      if (answer.status === 202) return JSON.parse(text) as { results: { id?: string }[] };
      if (!text.includes(`"unavailable"`)) throw new Error(text);
    }
  }
}

/** Its receivers listen until the end of the test. */
export async function setScene(t: TestContext, lane: Lane): Promise<Scene> {
  const workspace = `scene-${scenes++}`;
  const [plain, ordered] = [await makeLedger(t), await makeLedger(t)];
  const settings = { topics: [topic], policy, max_in_flight: inFlight };
  const app = await lane.program.makeApp(workspace, [
    { url: `${plain.url}/plain`, ...settings },
    { url: `${ordered.url}/ordered`, ordered: true, ...settings },
  ]);
  const scene = new Scene(lane, app, workspace, plain, ordered);
  scene.secret = app.secret;
  return scene;
}
