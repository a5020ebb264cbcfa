// "Why was I not notified?", from the point of view of an app's developer: found, mended by the link, and it arrives.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { InboxView } from "@bellhop/contract/inbox";
import { eventually } from "../eventually.ts";
import { phone, useHub } from "./hub.ts";
import type { Hub } from "./hub.ts";

const hub = useHub();

const conversation = "conversation.user.created";
type Published = { id: string; notifications: number };

/** An app at the test inbox that has chosen a topic of conversations and may not see them. */
async function makeHelpdesk({ program }: Hub): Promise<{ app: string; url: string }> {
  await program.must("POST", "/v1/workspaces", { id: "shop", name: "A Shop", kind: "paid", region: "us" });
  const { url } = await program.must<InboxView>("GET", "/v1/inbox");
  const asked = { name: "Helpdesk", workspace_id: "shop", permissions: ["read_tickets"] };
  const { id } = await program.must<{ id: string }>("POST", "/v1/apps", asked);
  await program.must("POST", `/v1/apps/${id}/subscriptions`, { url: `${url}/helpdesk`, topics: ["ticket.created", conversation] });
  return { app: id, url };
}

const publish = ({ program }: Hub, topic: string): Promise<Published> =>
  program.must<Published>("POST", "/v1/events", { workspace_id: "shop", topic, item: { type: "conversation", id: "1" } });

test("an event that did not arrive says why; mended by the link, the next one arrives", async () => {
  const { page, program } = hub.now;
  const { app } = await makeHelpdesk(hub.now);
  const { id, notifications } = await publish(hub.now, conversation);
  assert.equal(notifications, 0);

  await hub.now.go("/explorer", "Event explorer");
  await page.getByLabel("Event id").fill(id);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "It notified nobody. 1 was not notified." }).waitFor();
  const why = page.getByRole("region", { name: "Not notified" });
  await why.getByText("The installation holds none of the permissions that this topic needs.").waitFor();
  await hub.now.picture("explorer-event");
  await hub.now.checkAccessibility("It notified nobody");

  await why.getByRole("link", { name: "Each rule now" }).click();
  await page.waitForURL((at) => at.searchParams.get("topic") === conversation && at.searchParams.get("app") === app);
  await page.getByRole("heading", { name: "No: it would not be notified." }).waitFor();
  await page
    .getByRole("listitem")
    .filter({ hasText: /^noPermission/ })
    .waitFor();
  await page
    .getByRole("listitem")
    .filter({ hasText: /^yesInstalled/ })
    .waitFor();
  await hub.now.picture("explorer-rules");
  await hub.now.checkAccessibility("No: it would not be notified.");

  await page.getByRole("link", { name: "Open Authorization" }).click();
  await page.waitForURL((at) => at.pathname === `/apps/${app}/authorization` && at.searchParams.get("edit") === "1");
  await page.getByRole("checkbox", { name: /^Read conversations/ }).check();
  await page.getByRole("button", { name: /^Save/ }).click();
  await eventually(async () =>
    (await program.must<{ permissions: string[] }>("GET", `/v1/apps/${app}`)).permissions.includes("read_conversations") ? true : null,
  );
  await page.goto(`/explorer?workspace=shop&topic=${conversation}&app=${app}`);
  await page.getByRole("heading", { name: "Yes: it would be notified." }).waitFor();

  const again = await publish(hub.now, conversation);
  await hub.now.go(`/explorer?event=${again.id}`, "Event explorer");
  await page.getByRole("heading", { name: "It notified 1 subscription; 1 is delivered." }).waitFor();
  const { received } = await program.must<InboxView>("GET", "/v1/inbox");
  assert.deepEqual([received[0]?.topic, received[0]?.signatures.hub], [conversation, "right"]);
  await hub.now.picture("explorer-delivered");
});

test("asked by workspace and topic it tells every installed app apart, and an app that is not installed", async () => {
  const { page, program } = hub.now;
  await program.must("POST", "/v1/workspaces", { id: "elsewhere", name: "Elsewhere", kind: "paid", region: "us" });
  const stranger = await program.must<{ id: string }>("POST", "/v1/apps", { name: "Stranger", workspace_id: "elsewhere" });
  await program.must("POST", "/v1/apps", { name: "Quiet", workspace_id: "shop", permissions: ["read_tickets"] });
  await hub.now.go("/explorer", "Event explorer");
  await page.getByLabel("Workspace").fill("shop");
  await page.getByLabel("Topic").fill("ticket.created");
  await page.getByRole("form", { name: "Who would be notified now" }).getByRole("button", { name: "Explain" }).click();
  await page.getByRole("heading", { name: "1 of 2 would be notified." }).waitFor();
  assert.deepEqual(await page.getByRole("article").getByRole("heading").allTextContents(), ["Quietnot notified", "Helpdesknotified"]);

  await page.getByLabel("App (optional)").fill(stranger.id);
  await page.getByRole("form", { name: "Who would be notified now" }).getByRole("button", { name: "Explain" }).click();
  await page.getByRole("link", { name: "Open Test & publish" }).waitFor();
  await page.setViewportSize(phone);
  await hub.now.picture("explorer-phone");
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), phone.width);
  await page.setViewportSize({ width: 1_360, height: 860 });
  await page.getByRole("link", { name: "Open Test & publish" }).click();
  const dialog = page.getByRole("dialog", { name: /^Install/ });
  assert.equal(await dialog.getByLabel("Workspace").inputValue(), "shop");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).search, "");
});

test("what does not exist is said in the problem's words", async () => {
  const { page } = hub.now;
  await hub.now.go("/explorer?workspace=shop&topic=ticket.creatd", "Event explorer");
  await page.getByText("There is no topic ticket.creatd. The nearest: ticket.created").first().waitFor();
  await hub.now.go("/explorer?event=evt_0", "Event explorer");
  await page.getByText("There is no such event, or it is no longer kept.").waitFor();
  hub.now.checkConsole(/40[04]|422/);
});
