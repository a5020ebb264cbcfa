// Moving an app to another API version: what it changes is seen first, what would be lost stands in the way, and afterwards the
// receiver gets the names and shapes of the new version.
import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../eventually.ts";
import { openInbox, useHub } from "./hub.ts";

const hub = useHub();

test("a move that would lose a topic waits until it is deleted; then the receiver gets the version's own names", async (t) => {
  const { page, program } = hub.now;
  const inbox = await openInbox(() => []);
  t.after(() => inbox.close());
  const topics = ["ticket.created", "contact.user.created", "company.created"];
  const { app, subscriptions } = await program.makeApp("mover", [{ url: `${inbox.url}/mover`, topics, name: "Warehouse" }]);
  await hub.now.go(`/apps/${app}/version`, "API version");
  await page.getByText("On 2.15. 3 newer versions: 2.16, 2.17, preview.").waitFor();
  await page.getByLabel("Version", { exact: true }).selectOption("2.4 (older)");
  await page.waitForURL("**/version?to=2.4");
  await page.getByText("API version 2.4 does not offer 1 of the chosen topics").waitFor();
  const conflict = page.getByRole("region", { name: "Conflicts" }).getByRole("row", { name: /ticket\.created/ });
  await conflict.getByText("Off").waitFor();
  await page.getByRole("region", { name: "What changes" }).getByText("is called user.created").waitFor();
  await hub.now.checkAccessibility("is called user.created");
  await hub.now.picture("version");
  const move = page.getByRole("button", { name: "Move to 2.4" });
  assert.equal(await move.isDisabled(), true);
  const refused = await program.call<{ code: string }>("PATCH", `/v1/apps/${app}`, { api_version: "2.4" });
  assert.equal(refused.body.code, "version_conflict");

  await conflict.getByRole("button", { name: "Delete ticket.created" }).click();
  await page.getByText("API version 2.4 does not offer").waitFor({ state: "detached" });
  await move.click();
  await page.getByText(/^On 2\.4\. \d+ newer versions/).waitFor();
  const moved = await program.must<{ topics: string[] }>("GET", `/v1/apps/${app}/subscriptions/${subscriptions[0]}`);
  assert.deepEqual(moved.topics, ["ping", "user.created", "company.created"]);
  await program.must("POST", "/v1/events", {
    workspace_id: "ext:mover",
    topic: "contact.user.created",
    item: { type: "contact", id: "61" },
  });
  const received = await inbox.waitFor(({ body }) => body.includes('"id":"61"'));
  assert.equal((JSON.parse(received.body) as { topic: string }).topic, "user.created");
});

test("a deleted topic comes back by undo", async () => {
  const { page, program } = hub.now;
  const { app, subscriptions } = await program.makeApp("undo", [{ url: "http://127.0.0.1:9999/undo", topics: ["ticket.created"] }]);
  const chosen = async (): Promise<string[]> =>
    (await program.must<{ topics: string[] }>("GET", `/v1/apps/${app}/subscriptions/${subscriptions[0]}`)).topics;
  await hub.now.go(`/apps/${app}/version?to=2.4`, "API version");
  await page.getByRole("button", { name: "Delete ticket.created" }).click();
  await eventually(async () => ((await chosen()).length === 1 ? true : null));
  await page.getByText("No topic is chosen yet").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("API version 2.4 does not offer 1 of the chosen topics").waitFor();
  assert.deepEqual(await chosen(), ["ping", "ticket.created"]);
});

test("nothing is said in the console", () => hub.now.checkConsole());
