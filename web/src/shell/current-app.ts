import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ask } from "../api/queries.ts";

const lastAppKey = "bellhop-last-app";

/** The app of the page; on pages that belong to none the one that was open last, while there is such a one. */
export function useCurrentApp(): string | undefined {
  const { app } = useParams({ strict: false });
  const apps = useQuery(ask("listApps", { query: { limit: 100 } })).data?.data;
  const isThere = apps?.some(({ id }) => id === app) === true;
  useEffect(() => {
    if (app !== undefined && isThere) localStorage.setItem(lastAppKey, app);
  }, [app, isThere]);
  if (app !== undefined) return app;
  const last = localStorage.getItem(lastAppKey);
  return apps?.find(({ id }) => id === last)?.id;
}
