// Values that a search can be completed with and that only the server knows: topics, workspaces, subscriptions, apps.
import type { KnownValues } from "@bellhop/contract/search-completions";
import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/queries.ts";

const staleMs = 60_000;
const listed = { limit: 100 };

/** `app` null: of all apps. Not asked for before somebody searches. */
export function useKnownValues(app: string | null, enabled: boolean): KnownValues {
  const when = { enabled, staleTime: staleMs };
  const ofApp = { enabled: enabled && app !== null, staleTime: staleMs };
  const params = { id: app ?? "" };
  const topics = useQuery({ ...ask("listTopics"), ...when }).data?.data ?? [];
  const workspaces = useQuery({ ...ask("listWorkspaces", { query: listed }), ...when }).data?.data ?? [];
  const apps = useQuery({ ...ask("listApps", { query: listed }), enabled: enabled && app === null, staleTime: staleMs }).data?.data ?? [];
  const installed = useQuery({ ...ask("listInstallations", { params, query: listed }), ...ofApp }).data?.data;
  const subscriptions = useQuery({ ...ask("listSubscriptions", { params, query: listed }), ...ofApp }).data?.data ?? [];
  const isInstalledIn = new Set(installed?.map(({ workspace_id }) => workspace_id));
  const shown = app === null ? workspaces : workspaces.filter(({ id }) => isInstalledIn.has(id));
  return {
    topic: {
      ...families(topics.map(({ name }) => name)),
      ...Object.fromEntries(topics.map(({ name, description }) => [name, description])),
    },
    workspace: Object.fromEntries(shown.map(({ id, name }) => [id, name])),
    subscription: Object.fromEntries(subscriptions.map(({ id, name, url }) => [id, name ?? url])),
    app: Object.fromEntries(apps.map(({ id, name }) => [id, name])),
  };
}

/** `ticket.*` for what begins alike. */
function families(names: readonly string[]): Record<string, string> {
  const heads = names.map((name) => name.split(".")[0] as string);
  const counts = heads.reduce((sum, head) => sum.set(head, (sum.get(head) ?? 0) + 1), new Map<string, number>());
  return Object.fromEntries([...counts].filter(([, count]) => count > 1).map(([head, count]) => [`${head}.*`, `all ${count} of them`]));
}
