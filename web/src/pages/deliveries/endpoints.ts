// Which endpoint a notification is for, in a word: only where an app has several is there something to tell apart.
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask } from "../../api/queries.ts";

const staleMs = 60_000;

/** Subscription -> its name, or where its URL leads; the host only where they differ in it. */
export type Endpoints = ReadonlyMap<string, string>;

/** Null where there is nothing to tell apart: an app with one endpoint, and all apps (`app` null), which are told apart themselves. */
export function useEndpoints(app: string | null): Endpoints | null {
  const asked = ask("listSubscriptions", { params: { id: app ?? "" }, query: { limit: 100 } });
  const listed = useQuery({ ...asked, enabled: app !== null, staleTime: staleMs }).data?.data;
  return useMemo(() => (listed === undefined || listed.length < 2 ? null : named(listed)), [listed]);
}

function named(subscriptions: readonly Pick<SubscriptionView, "id" | "name" | "url">[]): Endpoints {
  const isOneHost = new Set(subscriptions.map(({ url }) => new URL(url).host)).size === 1;
  const place = (text: string): string => {
    const { host, pathname, search } = new URL(text);
    return `${isOneHost ? "" : host}${pathname}${search}`;
  };
  return new Map(subscriptions.map(({ id, name, url }) => [id, name ?? place(url)]));
}
