// The tools of somebody who writes a receiver.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { InboxView } from "@bellhop/contract/inbox";
import type { Exchange } from "@bellhop/contract/exchange";
import { eventually } from "../eventually.ts";
import { phone, useHub } from "./hub.ts";
import type { Hub } from "./hub.ts";

const hub = useHub();

const copied = ({ page }: Hub): Promise<string> => page.evaluate("navigator.clipboard.readText()");

test("a sample is the whole body as it is sent, by topic and version", async () => {
  const { page, program } = hub.now;
  const { url } = await program.must<InboxView>("GET", "/v1/inbox");
  const { app, subscriptions } = await program.makeApp("shop", [{ url: `${url}/hooks`, topics: ["ticket.created"] }]);
  await hub.now.go("/tools?tab=samples", "Tools");
  await page.getByLabel("Topic").selectOption("ticket.created");
  await page.waitForURL((at) => at.searchParams.get("topic") === "ticket.created");
  await page.getByRole("figure", { name: /Body of ticket\.created in 2\.15/ }).waitFor();
  await hub.now.picture("tools-samples");
  await hub.now.checkAccessibility("Its fields");
  await page.getByRole("button", { name: "Copy as sent" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();

  const sent = await program.must<Exchange>("POST", `/v1/apps/${app}/subscriptions/${subscriptions[0]}/test`, { topic: "ticket.created" });
  const real = JSON.parse(sent.request.body ?? "") as object;
  const sample = JSON.parse(await copied(hub.now)) as { app_id: string; id: string; first_sent_at: number; created_at: number };
  const { app_id, id, first_sent_at, created_at } = sample;
  // Byte for byte, but for what belongs to the one request.
  assert.equal(JSON.stringify({ ...real, app_id, id, first_sent_at, created_at }), JSON.stringify(sample));

  await page.getByLabel("API version").selectOption("1.0");
  await page.getByText("API version 1.0 does not offer ticket.created").waitFor();
  await page.getByLabel("Topic").selectOption("ping");
  await page.getByText("something interzen").waitFor();
});

test("a receiver is copied whole, in the language that the URL names", async () => {
  const { page } = hub.now;
  await hub.now.go("/tools", "Tools");
  await page.getByRole("tab", { name: "Signature tester" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForURL((at) => at.searchParams.get("tab") === "receivers");
  for (const [name, id] of [
    ["Python", "python"],
    ["Go", "go"],
    ["Express", "express"],
  ] as const) {
    await page.getByRole("group", { name: "Language" }).getByText(name, { exact: true }).click();
    await page.waitForURL((at) => at.searchParams.get("language") === id);
    await page.getByRole("figure").first().getByRole("button", { name: "Copy", exact: true }).click();
    const text = readFileSync(new URL(`../../web/src/pages/tools/receivers/${id}.txt`, import.meta.url), "utf8");
    await eventually(async () => ((await copied(hub.now)) === text ? true : null));
  }
  await hub.now.picture("tools-receivers");
  await hub.now.checkAccessibility("npm install express");
  await page.setViewportSize(phone);
  await hub.now.picture("tools-phone");
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), phone.width);
  await page.setViewportSize({ width: 1_360, height: 860 });
});

test("a request that arrived is checked with the secret of its app", async () => {
  const { page, program } = hub.now;
  const { url } = await program.must<InboxView>("GET", "/v1/inbox");
  const { app } = await program.makeApp("checked", [{ url: `${url}/checked`, topics: ["ticket.created"] }]);
  await program.must("POST", "/v1/events", { workspace_id: "ext:checked", topic: "ticket.created", item: { id: "1" } });
  const received = await eventually(async () =>
    (await program.must<InboxView>("GET", "/v1/inbox")).received.find(({ path }) => path === "/checked"),
  );
  await hub.now.go("/tools?tab=signature", "Tools");
  await page.getByRole("tabpanel").getByLabel("App").selectOption(app);
  await page.getByRole("button", { name: /Use this app.s secret/ }).click();
  await page.getByLabel("Headers").fill(
    Object.entries(received.headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
  );
  await page.getByLabel("Body").fill(received.body);
  const result = page.getByRole("status", { name: "Result" });
  await result.getByText("Right: this secret signed exactly these bytes.").nth(1).waitFor();
  await page.getByLabel("Body").fill(`${received.body} `);
  await result.getByText("The body changed").first().waitFor();
  await hub.now.picture("tools-signature");
  await hub.now.checkAccessibility("The body changed");
  hub.now.checkConsole();
});
