// The control data a process needs to match and to send, in memory: who has installed what, with which subscriptions.
// Loaded on a miss, forgotten when a row with a newer control version names it; what is here is never older than `version`.
// What does not exist is known too, as null: undefined is only what has to be loaded first.
import type { InstallationFacts, AppFacts, SubscriptionFacts } from "../domain/matching.ts";
import { hostOf } from "../domain/brake-host.ts";
import { shardOf } from "../domain/id.ts";
import type { Database } from "./database.ts";
import { appRows, changesSince, installationRows, secretRows, subscriptionRows, workspaceRows } from "./directory-rows.ts";
import type { AppRow, InstallationRow, SecretRow, SubscriptionRow, WorkspaceRow } from "./directory-rows.ts";
import type { Seal } from "./seal.ts";
import { Unreachable } from "./sql.ts";

export type SecretView = { readonly number: number; readonly value: string; readonly endsAtMs: number | null };

export type AppView = {
  readonly ref: number;
  readonly id: string;
  readonly owner: number;
  readonly ownerId: string;
  readonly facts: AppFacts;
  /** Newest first; the ones with an end sign until then. */
  readonly secrets: readonly SecretView[];
  readonly subscriptions: readonly SubscriptionView[];
};

export type SubscriptionView = {
  readonly ref: number;
  readonly id: string;
  readonly app: number;
  readonly shard: number;
  readonly facts: SubscriptionFacts;
  readonly url: string;
  /** Of the URL, in lower case, without the brackets of IPv6. */
  readonly host: string;
  readonly timeoutMs: number | null;
  readonly maxInFlight: number | null;
  readonly policy: unknown;
  readonly signatures: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
  readonly signingSecret: string | null;
  /** Its notifications with an ordering key are sent in order. */
  readonly ordered: boolean;
  readonly revision: number;
};

export type WorkspaceView = {
  readonly ref: number;
  readonly id: string;
  readonly region: string;
  /** App ref -> its installation here. */
  readonly installations: ReadonlyMap<number, Installed>;
};

/** `sinceMs`: when it was installed last. */
export type Installed = InstallationFacts & { readonly sinceMs: number };

/** By ref. A workspace is among the owners when it changed itself, not only what is installed there. */
type Forgotten = { readonly workspaces: Set<number>; readonly owners: Set<number>; readonly apps: Set<number> };

const workspacesMax = 20_000;
const appsMax = 20_000;
const unknownMax = 1_000;
const loadRoundsMax = 5;
/** Workspaces in one round, with all their apps. */
const loadedAtOnceMax = 200;
const externalPrefix = "ext:";
const isExternal = (name: string): boolean => name.startsWith(externalPrefix);

export class Directory {
  readonly #database: Database;
  readonly #seal: Seal;
  readonly #workspaces = new Map<number, WorkspaceView | null>();
  readonly #workspaceNames = new Map<string, number>();
  readonly #unknown = new Set<string>();
  readonly #apps = new Map<number, AppView | null>();
  #refreshing: Promise<readonly number[]> | null = null;
  /** Names in the next round of loading, and in the one under way. */
  readonly #asked = new Map<string, PromiseWithResolvers<WorkspaceView | null>>();
  #loading = new Map<string, PromiseWithResolvers<WorkspaceView | null>>();
  /** Of each load under way: what was forgotten since it began. */
  readonly #forgotten = new Set<Forgotten>();
  version = 0;

  constructor(database: Database, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
  }

  /** A workspace by id or `ext:` name: null when there is none, undefined when it must be loaded first. */
  workspace(name: string): WorkspaceView | null | undefined {
    if (this.#unknown.has(name)) return null;
    const ref = this.#workspaceNames.get(name);
    return ref === undefined ? undefined : this.workspaceByRef(ref);
  }

  workspaceByRef(ref: number): WorkspaceView | null | undefined {
    return this.#workspaces.get(ref);
  }

  app(ref: number): AppView | null | undefined {
    return this.#apps.get(ref);
  }

  /** True when everything needed to match an event of this workspace is here. */
  isComplete(workspace: WorkspaceView): boolean {
    for (const app of workspace.installations.keys()) if (!this.#apps.has(app)) return false;
    return true;
  }

  /** Loads a workspace by name, with its installed apps. One round at a time: who asks meanwhile shares the next. */
  async loadWorkspace(name: string): Promise<WorkspaceView | null> {
    const asked = this.#asked.get(name) ?? this.#loading.get(name) ?? Promise.withResolvers<WorkspaceView | null>();
    if (!this.#loading.has(name)) this.#asked.set(name, asked);
    if (this.#loading.size === 0) void this.#loadAsked();
    return asked.promise;
  }

  async #loadAsked(): Promise<void> {
    while (this.#asked.size > 0) {
      this.#loading = new Map([...this.#asked].slice(0, loadedAtOnceMax));
      for (const name of this.#loading.keys()) this.#asked.delete(name);
      try {
        const views = await this.#loadNamed([...this.#loading.keys()]);
        for (const [name, { resolve }] of this.#loading) resolve(views.get(name) ?? null);
      } catch (error) {
        for (const { reject } of this.#loading.values()) reject(error);
      }
      this.#loading = new Map();
    }
  }

  async #loadNamed(names: readonly string[]): Promise<Map<number | string, WorkspaceView>> {
    const found = await this.#readWorkspaces(names);
    const apps = new Set([...found.values()].flatMap(({ installations }) => [...installations.keys()]));
    await this.loadApps([...apps].filter((app) => !this.#apps.has(app)));
    return found;
  }

  async loadWorkspaces(refs: readonly number[]): Promise<void> {
    await this.#readWorkspaces(refs);
  }

  /** Brings in what of these is not here; again what was forgotten meanwhile. */
  async loadMissing(apps: readonly number[], workspaces: readonly number[]): Promise<void> {
    for (let round = 1; round <= loadRoundsMax; round++) {
      const missing = [...new Set(apps)].filter((app) => !this.#apps.has(app));
      const missingWorkspaces = [...new Set(workspaces)].filter((ref) => !this.#workspaces.has(ref));
      if (missing.length + missingWorkspaces.length === 0) return;
      await Promise.all([this.loadApps(missing), this.loadWorkspaces(missingWorkspaces)]);
    }
  }

  async loadApps(refs: readonly number[]): Promise<void> {
    const on = this.#database.control;
    await this.#loadSound(refs, async (left, forgotten) => {
      const [apps, secrets, subscriptions] = await Promise.all([appRows(on, left), secretRows(on, left), subscriptionRows(on, left)]);
      const rowOf = new Map(apps.map((row) => [row.ref, row]));
      const [secretsOf, subscriptionsOf] = [Map.groupBy(secrets, ({ app }) => app), Map.groupBy(subscriptions, ({ app }) => app)];
      const isSound = (ref: number): boolean => !forgotten.apps.has(ref) && !forgotten.owners.has(rowOf.get(ref)?.owner ?? 0);
      for (const ref of left.filter(isSound)) {
        const row = rowOf.get(ref);
        const view = row ? this.#appView(row, secretsOf.get(ref) ?? [], subscriptionsOf.get(ref) ?? []) : null;
        keepBounded(this.#apps, ref, view, appsMax);
      }
      return left.filter((ref) => !isSound(ref));
    });
  }

  /**
   * Forgets what changed since `version`; everything here is then as new as the database at the start of the call. Gives
   * the apps that changed, or whose installations or owner did.
   */
  async refresh(): Promise<readonly number[]> {
    // One that is under way may have looked before the change that the caller knows of.
    await this.#refreshing?.catch(() => undefined);
    this.#refreshing ??= this.#forgetChanged().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #forgetChanged(): Promise<readonly number[]> {
    const changed = await changesSince(this.#database.control, this.version);
    for (const ref of changed.workspaces) this.#forgetWorkspace(ref);
    for (const ref of changed.apps) this.#apps.delete(ref);
    const owners = new Set(changed.owners);
    for (const app of this.#apps.values()) if (app && owners.has(app.owner)) this.#apps.delete(app.ref);
    if (changed.owners.length > 0) this.#unknown.clear();
    for (const forgotten of this.#forgotten) {
      for (const ref of changed.workspaces) forgotten.workspaces.add(ref);
      for (const ref of changed.owners) forgotten.owners.add(ref);
      for (const ref of changed.apps) forgotten.apps.add(ref);
    }
    this.version = Math.max(this.version, changed.version);
    return changed.apps;
  }

  /** `load` gives what was forgotten while it read: what it read of that may be of before the change, and it is loaded again. */
  async #loadSound<T>(wanted: readonly T[], load: (left: readonly T[], forgotten: Forgotten) => Promise<readonly T[]>): Promise<void> {
    let left = wanted;
    for (let round = 1; left.length > 0; round++) {
      if (round > loadRoundsMax) throw new Unreachable(`${left.join(", ")} changed each time while it was read.`);
      const forgotten: Forgotten = { workspaces: new Set(), owners: new Set(), apps: new Set() };
      this.#forgotten.add(forgotten);
      try {
        left = await load(left, forgotten);
      } finally {
        this.#forgotten.delete(forgotten);
      }
    }
  }

  #forgetWorkspace(ref: number): void {
    this.#workspaces.delete(ref);
    for (const [name, named] of this.#workspaceNames) if (named === ref) this.#workspaceNames.delete(name);
  }

  /** By refs or names. */
  async #readWorkspaces(wanted: readonly (number | string)[]): Promise<Map<number | string, WorkspaceView>> {
    const views = new Map<number | string, WorkspaceView>();
    await this.#loadSound(wanted, async (left, forgotten) => {
      const read = await this.#workspaceRows(left);
      const found = new Map(read.flatMap(({ row, view }) => [row.ref, ...namesOf(row)].map((by) => [by, view] as const)));
      // What was not found may have been made, or named so, meanwhile.
      const isSound = (by: number | string): boolean => {
        const ref = found.get(by)?.ref;
        return ref === undefined ? forgotten.owners.size === 0 : !forgotten.workspaces.has(ref);
      };
      for (const by of left.filter(isSound)) {
        const view = found.get(by);
        this.#keepWorkspace(by, view);
        if (view) views.set(by, view);
      }
      return left.filter((by) => !isSound(by));
    });
    return views;
  }

  #keepWorkspace(by: number | string, view: WorkspaceView | undefined): void {
    if (view) {
      keepBounded(this.#workspaces, view.ref, view, workspacesMax);
      if (typeof by === "string") this.#workspaceNames.set(by, view.ref);
      return;
    }
    if (typeof by === "number") return keepBounded(this.#workspaces, by, null, workspacesMax);
    if (this.#unknown.size >= unknownMax) this.#unknown.clear();
    this.#unknown.add(by);
  }

  async #workspaceRows(wanted: readonly (number | string)[]): Promise<{ row: WorkspaceRow; view: WorkspaceView }[]> {
    const on = this.#database.control;
    const refs = wanted.filter((each) => typeof each === "number");
    const names = wanted.filter((each) => typeof each === "string");
    const externalIds = names.filter(isExternal).map((name) => name.slice(externalPrefix.length));
    const ids = names.filter((name) => !isExternal(name));
    const found = await workspaceRows(on, refs, ids, externalIds);
    const refsFound = found.map(({ ref }) => ref);
    const installedIn = Map.groupBy(await installationRows(on, refsFound), ({ workspace }) => workspace);
    return found.map((row) => ({ row, view: workspaceView(row, installedIn.get(row.ref) ?? []) }));
  }

  #appView(row: AppRow, secrets: readonly SecretRow[], subscriptions: readonly SubscriptionRow[]): AppView {
    return {
      ref: row.ref,
      id: row.id,
      owner: row.owner,
      ownerId: row.owner_id,
      facts: {
        visibility: row.visibility,
        apiVersion: row.api_version,
        ownerKind: row.owner_kind,
        permissions: new Set(row.permissions),
      },
      secrets: secrets.map((each) => this.#openSecret(row.id, each)),
      subscriptions: subscriptions.map((each) => this.#openSubscription(each)),
    };
  }

  #openSecret(app: string, row: SecretRow): SecretView {
    const value = this.#seal.open(row.sealed, `secret:${app}:${row.number}`);
    return { number: row.number, value, endsAtMs: row.ends_at?.getTime() ?? null };
  }

  #openSubscription(row: SubscriptionRow): SubscriptionView {
    const topics = new Map(row.topics.map((topic) => [topic, true]));
    for (const topic of row.topics_off) topics.set(topic, false);
    const anyOn = [...topics.values()].includes(true);
    const headers = row.sealed_headers ? JSON.parse(this.#seal.open(row.sealed_headers, `headers:${row.id}`)) : {};
    return {
      ref: row.ref,
      id: row.id,
      app: row.app,
      shard: shardOf(row.id),
      facts: { state: anyOn ? row.state : "off", topics },
      url: row.url,
      host: hostOf(row.url),
      timeoutMs: row.timeout_ms,
      maxInFlight: row.max_in_flight,
      policy: row.policy,
      signatures: row.signatures,
      headers: Object.entries(headers as Record<string, string>),
      signingSecret: row.sealed_signing_secret && this.#seal.open(row.sealed_signing_secret, `signing_secret:${row.id}`),
      ordered: row.ordered,
      revision: row.revision,
    };
  }
}

const namesOf = ({ id, external_id: externalId }: WorkspaceRow): string[] =>
  externalId === null ? [id] : [id, externalPrefix + externalId];

function workspaceView({ ref, id, region }: WorkspaceRow, installed: readonly InstallationRow[]): WorkspaceView {
  const installations = new Map(
    installed.map((each) => [each.app, { installed: true, permissions: new Set(each.permissions), sinceMs: each.since_ms }]),
  );
  return { ref, id, region, installations };
}

/** A map as a cache: the oldest entry makes room. */
function keepBounded<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  if (map.size >= max) for (const oldest of map.keys()) if (map.delete(oldest)) break;
  map.set(key, value);
}
