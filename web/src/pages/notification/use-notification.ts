// A notification and its attempts, read again whenever something happens to it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { ask, readAgain } from "../../api/queries.ts";
import { useStream } from "../../api/stream.ts";

export type Notification = Answer<"getNotification">;
export type Attempts = Answer<"listAttempts">;
export type Attempt = Attempts["data"][number];

export function useNotification(id: string): { notification: UseQueryResult<Notification>; attempts: UseQueryResult<Attempts> } {
  const client = useQueryClient();
  const input = { params: { id } };
  const notification = useQuery(ask("getNotification", input));
  const attempts = useQuery(ask("listAttempts", input));
  const again = (): void => {
    for (const name of ["getNotification", "listAttempts"] as const) void readAgain(client, [name, input]);
  };
  useStream({ query: { id }, enabled: notification.isSuccess, on: { notification: again, gap: again } });
  return { notification, attempts };
}
