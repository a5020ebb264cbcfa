// Who is signed in and what this Bellhop is. Every page may ask; only the first to ask waits.
import { useSuspenseQuery } from "@tanstack/react-query";
import type { Answer } from "../api/client.ts";
import { ask } from "../api/queries.ts";

export type Session = Answer<"readSession">;

const sessionStaleMs = 60_000;

export const sessionQuery = { ...ask("readSession"), staleTime: sessionStaleMs };

export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}
