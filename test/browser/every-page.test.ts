// Every page with something on it: its heading, nothing that axe finds in either theme, nothing in the console, and no page that
// is wider than a phone.
import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../eventually.ts";
import { desktop, phone, useHub } from "./hub.ts";

const hub = useHub([]);

/** Path, the page's heading, and a text that is there only when the page has its content. */
const pages: readonly (readonly [path: string, heading: RegExp, content: RegExp])[] = [
  ["/apps", /Your apps/, /Sample/],
  ["/apps?new=1", /Your apps/, /The app belongs to it/],
  ["/apps/$app/overview", /Overview/, /delivered/i],
  ["/apps/$app/deliveries", /Deliveries/, /ticket\.created/],
  ["/apps/$app/deliveries?n=$notification", /Deliveries/, /published/i],
  ["/apps/$app/failures", /Failures/, /./],
  ["/apps/$app/replays", /Replays/, /replay/i],
  ["/apps/$app/replays?new=1", /Replays/, /range|since/i],
  ["/apps/$app/basic", /Basic information/, /Client secret/i],
  ["/apps/$app/authorization", /Authorization/, /read_tickets|tickets/i],
  ["/apps/$app/webhooks", /Webhooks/, /ticket\.created/],
  ["/apps/$app/version", /API version/, /version/i],
  ["/apps/$app/publish", /Test & publish/, /Sample Workspace/],
  ["/notifications/$notification", /notif|ticket|conversation|contact|company/i, /published/i],
  ["/explorer", /Event explorer/, /./],
  ["/explorer?workspace=sample&topic=ticket.created", /Event explorer/, /would be notified/],
  ["/explorer?event=$event", /Event explorer/, /Sample/],
  ["/tools", /Tools/, /signature/i],
  ["/inbox", /Test inbox/, /right/i],
  ["/operator/flow", /Everything flowing/, /Who uses the places/],
  ["/operator/deliveries", /All deliveries/, /ticket\.created/],
  ["/operator/workspaces", /Workspaces/, /Sample Workspace/],
  ["/operator/catalogue", /Catalogue/, /ticket\.created/],
  ["/operator/keys", /Keys/, /admin/i],
  ["/operator/brakes", /Brakes/, /brake/i],
  ["/operator/audit", /Audit log/, /operator|key/i],
  ["/operator/addresses", /Egress addresses/, /BELLHOP_REGIONS|us/],
];

for (const [path, heading, content] of pages) {
  test(`${path}: nothing for axe to find in either theme, and it fits a phone`, async () => {
    const { page } = hub.now;
    hub.now.complaints.length = 0;
    await page.setViewportSize(desktop);
    await hub.now.go(await filled(path), heading);
    await hub.now.checkAccessibility(content);
    await page.setViewportSize(phone);
    await eventually(async () => ((await widthOf()) <= phone.width ? true : null)).catch(async () => {
      assert.fail(`${await widthOf()} pixels wide on a phone of ${phone.width}`);
    });
    hub.now.checkConsole();
  });
}

const widthOf = async (): Promise<number> => Number(await hub.now.page.evaluate("document.documentElement.scrollWidth"));

/** With a notification of the sample's that was delivered, and its app and event. */
async function filled(path: string): Promise<string> {
  const question = "/v1/notifications?limit=1&status=delivered&topic=ticket.created&workspace_id=sample";
  const newest = await eventually(async () => (await hub.now.program.must<Page>("GET", question)).data[0]);
  return path.replace("$app", newest.app).replace("$notification", newest.id).replace("$event", newest.event);
}

type Page = { data: { id: string; app: string; event: string }[] };
