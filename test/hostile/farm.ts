// All receivers, in a process of their own, so that what the sender keeps and what it costs can be measured apart from them. It
// tells its parent their URLs, by name, and ends with it.

import { startTrial, trials } from "./rows.ts";

const forgetsEveryMs = 200;

const receivers = await Promise.all(trials.map(async (trial) => ({ name: trial.name, receiver: await startTrial(trial) })));
setInterval(() => {
  for (const { receiver } of receivers) receiver.forget();
}, forgetsEveryMs);
process.once("disconnect", () => process.exit());
process.send?.(Object.fromEntries(receivers.map(({ name, receiver }) => [name, receiver.url])));
