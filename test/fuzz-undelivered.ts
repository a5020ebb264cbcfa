// Notifications that wait, for a fuzz to cancel and replay: some are held by a pause, some are tried again and again; and
// replays that wait for the paused subscription.
import { eventually } from "./eventually.ts";
import type { Installed, TestProgram } from "./in-process.ts";

const topic = "ticket.closed";
/** Of each kind. */
const waitingCount = 4;
const replaysCount = 3;

type Made = { readonly id: string };
export type Undelivered = {
  readonly paused: readonly string[];
  readonly notifications: readonly string[];
  readonly replays: readonly string[];
};

export const nothingUndelivered: Undelivered = { paused: [], notifications: [], replays: [] };

/** Takes about half a second: a pause holds what is made, in its own time. */
export async function makeUndelivered(program: TestProgram, { workspace, app, inbox }: Installed, since: string): Promise<Undelivered> {
  const subscribe = async (path: string): Promise<string> => {
    const wanted = { url: inbox.url + path, topics: [topic] };
    return (await program.must<Made>("POST", `/v1/apps/${app}/subscriptions?verify=false`, wanted)).id;
  };
  const publish = (): Promise<Made> => program.publish({ workspace_id: workspace, topic, item: { type: "ticket", id: "3" } });
  const found = async (subscription: string, status: string, count: number): Promise<string[]> =>
    eventually(async () => {
      const { data } = await program.must<{ data: Made[] }>("GET", `/v1/notifications?subscription=${subscription}&status=${status}`);
      return data.length === count ? data.map(({ id }) => id) : null;
    });

  const paused = await subscribe("/paused");
  await publish();
  await found(paused, "delivered", 1);
  await program.must("POST", `/v1/apps/${app}/subscriptions/${paused}/pause`, {});
  const asked = { subscription: paused, include: "all", since, until: new Date(program.nowMs).toISOString() };
  const replays: string[] = [];
  for (let made = 0; made < replaysCount; made++) replays.push((await program.must<Made>("POST", "/v1/replays", asked)).id);
  inbox.behave("/failing", 503);
  const failing = await subscribe("/failing");
  for (let made = 0; made < waitingCount; made++) await publish();
  const notifications = [...(await found(paused, "held", waitingCount)), ...(await found(failing, "retrying", waitingCount))];
  return { paused: [paused], notifications, replays };
}
