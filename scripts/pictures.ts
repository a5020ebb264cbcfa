// Makes the pictures of the documents from the running program: the sample, a few minutes of traffic to receivers of several
// kinds, the pages as a person sees them. `npm run pictures`
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Hub } from "../test/browser/hub.ts";
import type { Theme } from "../test/browser/hub.ts";

const folder = join(import.meta.dirname, "../docs/pictures");
const bytesMax = 150_000;
const trafficS = 70;
const topics = ["ticket.created", "ticket.state.updated", "conversation.user.created", "contact.user.created", "company.created"];
const workspaces = ["sample", "sample-shop", "sample-dev"];

type Picture = { readonly name: string; readonly path: string; readonly theme: Theme; readonly ready: string; readonly tall?: boolean };

const hub = await Hub.open([]);
try {
  mkdirSync(folder, { recursive: true });
  await makeTraffic();
  for (const picture of await pictures()) await take(picture);
} finally {
  await hub.close();
}

/** What a platform publishes in a few minutes, more in some than in others. */
async function makeTraffic(): Promise<void> {
  for (let second = 0; second < trafficS; second++) {
    const count = 6 + Math.round(5 * Math.sin(second / 9)) + (second % 50 === 0 ? 30 : 0);
    const events = Array.from({ length: count }, (_, index) => ({
      workspace_id: workspaces[(second + index) % workspaces.length],
      topic: topics[(second * 7 + index) % topics.length],
      item: { type: "ticket", id: String(1_000 + second * 10 + index), subject: "Where is my order?", state: "submitted" },
    }));
    await hub.program.must("POST", "/v1/events/batch", events);
    await setTimeout(1_000);
  }
}

async function pictures(): Promise<Picture[]> {
  const { data: apps } = await hub.program.must<{ data: { id: string; name: string }[] }>("GET", "/v1/apps");
  const app = (name: string): string => apps.find((each) => each.name === name)?.id ?? "";
  const [works, fails, paused] = ["Sample App", "Sample Helpdesk", "Sample Archive"].map(app);
  const failed = await hub.program.must<{ data: { id: string }[] }>("GET", `/v1/notifications?app=${fails}&q=reason:status&limit=1`);
  const since = new Date(Date.now() - 15 * 60_000).toISOString();
  return [
    { name: "apps", path: "/apps", theme: "light", ready: "Sample Helpdesk" },
    { name: "webhooks", path: `/apps/${works}/webhooks`, theme: "light", ready: "ticket.created" },
    { name: "paused", path: `/apps/${paused}/webhooks`, theme: "light", ready: "Set live" },
    { name: "deliveries", path: "/operator/deliveries", theme: "light", ready: "ticket.created" },
    { name: "deliveries-dark", path: `/operator/deliveries?n=${failed.data[0]?.id}`, theme: "dark", ready: "published" },
    { name: "notification", path: `/notifications/${failed.data[0]?.id}`, theme: "light", ready: "published", tall: true },
    { name: "failures", path: `/apps/${fails}/failures`, theme: "light", ready: "Replay the group" },
    { name: "overview", path: `/apps/${works}/overview?since=${since}`, theme: "light", ready: "Delivered" },
    { name: "explorer", path: "/explorer?workspace=sample-dev&topic=ticket.created", theme: "light", ready: "installed" },
    { name: "inbox", path: "/inbox", theme: "dark", ready: "right" },
    { name: "tools", path: "/tools?tab=receivers&language=express", theme: "light", ready: "createHmac" },
    { name: "flow", path: "/operator/flow", theme: "dark", ready: "acklog" },
  ];
}

async function take({ name, path, theme, ready, tall = false }: Picture): Promise<void> {
  const { page } = hub;
  await page.setViewportSize({ width: 1_280, height: tall ? 860 : 720 });
  await hub.useTheme(theme);
  await page.goto(path);
  await page.locator("main").getByText(ready).filter({ visible: true }).first().waitFor();
  await page.waitForLoadState("load");
  // Charts are drawn when their library is there.
  await setTimeout(1_500);
  const file = join(folder, `${name}.png`);
  await page.screenshot({ path: file, animations: "disabled" });
  const { size } = statSync(file);
  if (size > bytesMax) throw new Error(`${name}.png has ${size} bytes, more than ${bytesMax}`);
  process.stdout.write(`${name}.png ${Math.round(size / 1_000)} kB\n`);
}
