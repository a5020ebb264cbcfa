// All routes there are, by operation id.
import { eventRoutes } from "./events.ts";

export const routes = { ...eventRoutes } as const;
