// Public ids of the refs in flow rows. They never change, so what was read once is kept; an answer of the list then
// costs nothing for them.
import { appIds, subscriptionIds, workspaceIds } from "../store/notification-list-names.ts";
import type { NameRow } from "../store/notification-list-names.ts";
import type { Connection } from "../store/sql.ts";

const keptMax = 20_000;

type Refs = { readonly workspace: number; readonly app: number; readonly subscription: number };
export type Names = {
  workspace(ref: number): string;
  app(ref: number): string;
  subscription(ref: number): string;
  /** Reads what is not known yet; to be called before asking. */
  load(on: Connection, refs: readonly Refs[]): Promise<void>;
  loadWorkspaces(on: Connection, refs: readonly number[]): Promise<void>;
  loadApps(on: Connection, refs: readonly number[]): Promise<void>;
};

export function createNames(): Names {
  const workspaces = createIds(workspaceIds);
  const apps = createIds(appIds);
  const subscriptions = createIds(subscriptionIds);
  return {
    workspace: workspaces.id,
    app: apps.id,
    subscription: subscriptions.id,
    loadWorkspaces: workspaces.load,
    loadApps: apps.load,
    load: async (on, refs) => {
      await workspaces.load(
        on,
        refs.map((each) => each.workspace),
      );
      await apps.load(
        on,
        refs.map((each) => each.app),
      );
      await subscriptions.load(
        on,
        refs.map((each) => each.subscription),
      );
    },
  };
}

type Ids = { id(ref: number): string; load(on: Connection, refs: readonly number[]): Promise<void> };

function createIds(read: (on: Connection, refs: readonly number[]) => Promise<NameRow[]>): Ids {
  const known = new Map<number, string>();
  return {
    id: (ref) => {
      const id = known.get(ref);
      if (id === undefined) throw new Error(`a row names ${ref}, which is in no control table`);
      return id;
    },
    load: async (on, refs) => {
      const missing = [...new Set(refs)].filter((ref) => !known.has(ref));
      if (missing.length === 0) return;
      if (known.size + missing.length > keptMax) known.clear();
      for (const { ref, id } of await read(on, missing)) known.set(ref, id);
    },
  };
}
