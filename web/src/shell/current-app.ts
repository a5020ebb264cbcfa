import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ask } from "../api/queries.ts";

const lastAppKey = "bellhop-last-app";

/** The app of the page; on pages that belong to none the one that was open last, while there is such a one. */
export function useCurrentApp(): string | undefined {
  const { app } = useParams({ strict: false });
  const apps = useQuery(ask("listApps", { query: { limit: 100 } })).data?.data;
  useEffect(() => {
    if (app !== undefined) localStorage.setItem(lastAppKey, app);
  }, [app]);
  if (app !== undefined) return app;
  const last = localStorage.getItem(lastAppKey);
  return apps?.find(({ id }) => id === last)?.id;
}
