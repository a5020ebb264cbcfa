import { useQuery } from "@tanstack/react-query";
import { ask } from "../api/queries.ts";

const namesStaleMs = 60_000;

/** An app as people call it; its id until that is known. */
export function AppName({ id }: { readonly id: string }) {
  const listed = useQuery({ ...ask("listApps", { query: { limit: 100 } }), staleTime: namesStaleMs });
  const found = listed.data?.data.find((app) => app.id === id);
  const asked = useQuery({ ...ask("readApp", { params: { id } }), staleTime: namesStaleMs, enabled: !listed.isPending && !found });
  return found?.name ?? asked.data?.name ?? id;
}
