// The test inbox from the point of view of somebody who writes a receiver: what arrives, what happens when it fails, and how its URL
// becomes an endpoint.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { InboxView } from "@bellhop/contract/inbox";
import { eventually } from "../eventually.ts";
import { phone, useHub } from "./hub.ts";
import type { Hub } from "./hub.ts";

const hub = useHub();

type Published = { id: string };
type Entry = { id: string; status: string; attempts: number };

async function publish({ program }: Hub, workspace: string, id: string): Promise<string> {
  const item = { type: "ticket", id, title: "A large number stays 12345678901234567890" };
  const { id: event } = await program.must<Published>("POST", "/v1/events", { workspace_id: workspace, topic: "ticket.created", item });
  const { notifications } = await program.must<{ notifications: { id: string }[] }>("GET", `/v1/events/${event}`);
  return notifications[0]?.id ?? "";
}

const entry = ({ program }: Hub, id: string): Promise<Entry> => program.must<Entry>("GET", `/v1/notifications/${id}`);

test("what arrives shows by itself, signed right; told to fail it fails, told to answer 200 the retry is delivered", async () => {
  const { page, program } = hub.now;
  await hub.now.go("/inbox", "Test inbox");
  await page.getByText("Nothing has arrived yet", { exact: true }).waitFor();
  const { url } = await program.must<InboxView>("GET", "/v1/inbox");
  assert.ok((await page.getByRole("figure", { name: "In a shell" }).textContent())?.includes(`curl -s ${url}/hello`));
  await program.makeApp("shop", [{ url: `${url}/orders`, topics: ["ticket.created"], policy: { waits_s: [2, 3_600], pause: "hold" } }]);

  const first = await publish(hub.now, "ext:shop", "1");
  const line = page.getByRole("button", { name: /^ticket\.created.*\/orders/ });
  await line.filter({ hasText: "signed right" }).click();
  await page.getByText("Made over exactly these bytes").first().waitFor();
  await page.getByRole("figure", { name: "Body, indented" }).getByText(`"${first}"`).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("open"), "1");
  await hub.now.picture("inbox");
  await hub.now.checkAccessibility("signed right");

  const answers = page.getByRole("group", { name: "Answer at /orders" });
  await answers.getByText("503").click();
  await page.getByText("it is tried again by the retry policy").waitFor();
  await eventually(async () => ((await program.must<InboxView>("GET", "/v1/inbox")).endpoints[0]?.behaviour.answer === 503 ? true : null));
  const second = await publish(hub.now, "ext:shop", "2");
  await eventually(async () => ((await entry(hub.now, second)).status === "retrying" ? true : null));
  await line.filter({ hasText: "503" }).waitFor();
  await answers.getByText("200").click();
  await eventually(async () => ((await entry(hub.now, second)).status === "delivered" ? true : null));
  assert.equal((await entry(hub.now, second)).attempts, 2);
  await line.nth(2).waitFor();
});

test("the keyboard goes through what arrived, and leads to the notification", async () => {
  const { page } = hub.now;
  await hub.now.go("/inbox", "Test inbox");
  await page
    .getByRole("button", { name: /^ticket\.created/ })
    .first()
    .waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.waitForURL("**/inbox?open=2");
  await page.keyboard.press("k");
  await page.waitForURL("**/inbox?open=3");
  const link = page.getByRole("link", { name: "Its attempts and answers" });
  assert.match((await link.getAttribute("href")) ?? "", /^\/notifications\/notif_/);
  await page.keyboard.press("Escape");
  await page.waitForURL("**/inbox");
});

test("what somebody else sends is signed wrong or not at all, and is shown as text", async () => {
  const { page, program } = hub.now;
  const { url } = await program.must<InboxView>("GET", "/v1/inbox");
  await fetch(`${url}/other`, { method: "POST", body: "<b>hello</b>", headers: { "x-hub-signature": "sha1=00" } });
  await hub.now.go("/inbox", "Test inbox");
  await page.getByRole("button", { name: /signed wrong/ }).click();
  await page.getByText("<b>hello</b>").waitFor();
  await page.getByRole("link", { name: "Open the signature tester" }).waitFor();
  await page.getByText("Of 4 that arrived, 1 signed wrongly.").waitFor();
  await page.setViewportSize(phone);
  await hub.now.picture("inbox-phone");
  assert.ok((await page.evaluate("document.documentElement.scrollWidth")) === phone.width);
  await page.setViewportSize({ width: 1_360, height: 860 });
  await page.getByRole("button", { name: "Empty the inbox" }).click();
  await page.getByText("Nothing has arrived yet", { exact: true }).waitFor();
});

test("a new path becomes an app's endpoint, and what is published arrives there", async () => {
  const { page, program } = hub.now;
  const app = await program.makeApp("second", []);
  await hub.now.go("/inbox", "Test inbox");
  await page.getByLabel("New path").fill("in voices");
  await page.getByRole("button", { name: "Add path" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("New path").fill("invoices");
  await page.getByRole("button", { name: "Add path" }).click();
  const dialog = page.getByRole("dialog", { name: "Which app gets this endpoint?" });
  await dialog.getByRole("link", { name: new RegExp(app.app) }).click();
  const { url } = await program.must<InboxView>("GET", "/v1/inbox");
  await page.waitForURL((at) => at.pathname === `/apps/${app.app}/webhooks` && at.searchParams.get("url") === `${url}/invoices`);
  assert.equal(await page.getByLabel("Endpoint URL").inputValue(), `${url}/invoices`);
  hub.now.checkConsole(/422/);
});
