// Workspaces, apps and subscriptions of every policy, at receivers with every kind of trouble; and what people do to them
// in the first days, and then forget.
import type { TestProgram } from "./in-process.ts";
import type { Manner, Receiver } from "./forty-days-receiver.ts";

export const topic = "ticket.created";
const dayMs = 86_400_000;
const brakeDays = 29;

const ownHold = { waits_s: [1, 600, 86_400, 100_000, 150_000], pause: "hold" };
const ownDrop = { waits_s: [30, 7_200, 172_800, 165_000], pause: "drop" };
const policies = { durable: "durable", intercom: "intercom", "own-hold": ownHold, "own-drop": ownDrop } as const;

/** One person's forgetfulness each. */
type Deed = "none" | "pause" | "brake" | "delete" | "switch-off";
const deedDays: Record<Deed, number> = { none: Infinity, pause: 1, brake: 1.5, delete: 3, "switch-off": 3 };

type Wanted = { readonly manner: Manner; readonly deed?: Deed; readonly ordered?: boolean };
const ofPrivateApp: readonly Wanted[] = [
  { manner: "fine" },
  { manner: "failing" },
  { manner: "gone-on-day-4" },
  { manner: "well-on-even-days" },
  { manner: "failing-one-key", ordered: true },
  { manner: "fine", deed: "pause" },
  { manner: "failing-one-key", deed: "pause", ordered: true },
  { manner: "failing", deed: "brake" },
  { manner: "fine", deed: "brake" },
  { manner: "throttling", deed: "delete" },
  { manner: "failing", deed: "switch-off" },
];
const ofPublicApp: readonly Wanted[] = [
  { manner: "failing" },
  { manner: "hanging" },
  { manner: "throttling" },
  { manner: "asking-to-wait" },
  { manner: "failing", ordered: true },
];

export class World {
  readonly workspaces: readonly string[] = ["forgetful", "braked"];
  readonly #program: TestProgram;
  readonly #receiver: Receiver;
  readonly #toDo: { readonly day: number; readonly work: () => Promise<unknown> }[] = [];
  readonly delivering: string[] = [];

  constructor(program: TestProgram, receiver: Receiver) {
    this.#program = program;
    this.#receiver = receiver;
  }

  async make(): Promise<void> {
    const program = this.#program;
    for (const id of this.workspaces) await program.must("POST", "/v1/workspaces", { id, name: id, kind: "paid", region: "us" });
    await this.#makeApp("forgetful", "private", ofPrivateApp);
    const shown = await this.#makeApp("forgetful", "public", ofPublicApp);
    await program.must("POST", `/v1/apps/${shown}/installations`, { workspace_id: "braked" });
    const left = await this.#makeApp("forgetful", "public", [{ manner: "failing" }, { manner: "fine", deed: "pause" }]);
    this.#plan(3.5, () => program.must("DELETE", `/v1/apps/${left}/installations/forgetful`));
    this.#plan(2, () => this.#brake({ workspace_id: "braked" }));
  }

  /** Does what somebody does until the end of this day, if it was not done. */
  async act(day: number): Promise<void> {
    for (const { work } of this.#toDo.filter((each) => each.day <= day)) await work();
    this.#toDo.splice(0, Infinity, ...this.#toDo.filter((each) => each.day > day));
  }

  async #makeApp(workspace: string, visibility: string, wanted: readonly Wanted[]): Promise<string> {
    const asked = { name: `${visibility} app`, workspace_id: workspace, visibility, permissions: ["read_tickets"] };
    const { id: app } = await this.#program.must<{ id: string }>("POST", "/v1/apps", asked);
    for (const each of wanted) for (const name of Object.keys(policies)) await this.#subscribe(app, each, name as keyof typeof policies);
    return app;
  }

  async #subscribe(app: string, { manner, deed = "none", ordered = false }: Wanted, policy: keyof typeof policies): Promise<void> {
    const path = `/${manner}/${policy}/${deed}/${ordered ? "ordered" : "any-order"}/${app}`;
    const asked = { url: this.#receiver.url + path, topics: [topic], policy: policies[policy], ordered, timeout_ms: 1_000 };
    const { id } = await this.#program.must<{ id: string }>("POST", `/v1/apps/${app}/subscriptions?verify=false`, asked);
    if (manner === "fine" && deed === "none") this.delivering.push(path);
    this.#plan(deedDays[deed], () => this.#do(deed, `/v1/apps/${app}/subscriptions/${id}`, id));
  }

  #plan(day: number, work: () => Promise<unknown>): void {
    if (day < Infinity) this.#toDo.push({ day, work });
  }

  async #do(deed: Deed, path: string, subscription: string): Promise<unknown> {
    switch (deed) {
      case "none":
        return undefined;
      case "pause":
        return this.#program.must("POST", `${path}/pause`, {});
      case "brake":
        return this.#brake({ subscription });
      case "delete":
        return this.#program.must("DELETE", path);
      case "switch-off":
        return this.#program.must("PATCH", path, { topics_off: [topic] });
    }
  }

  #brake(named: object): Promise<unknown> {
    const until = new Date(this.#program.nowMs + brakeDays * dayMs).toISOString();
    return this.#program.must("POST", "/v1/brakes", { ...named, until, reason: "Forgotten." });
  }
}
