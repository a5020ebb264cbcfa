// Basic information and Authorization: the secret is rotated and the receiver verifies it, a permission goes and its topics with
// it, nothing typed is lost by a click, and the app is deleted by its name.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import { judge } from "../../server/src/inbox/verify.ts";
import type { Verdicts } from "../../server/src/inbox/verify.ts";
import { openInbox, useHub } from "./hub.ts";

const hub = useHub();
let inbox: Inbox;
let app: string;

before(async () => {
  inbox = await openInbox(() => []);
});
after(async () => inbox.close());

const publish = (id: string, topic = "ticket.created"): Promise<{ notifications: number }> =>
  hub.now.program.must("POST", "/v1/events", { workspace_id: "ext:settings", topic, item: { type: "ticket", id } });

/** Publishes, and asks which of the secrets the receiver can verify what arrives with. */
async function verifiedWith(id: string, ...secrets: string[]): Promise<Verdicts[]> {
  await publish(id);
  const { headers, body } = await inbox.waitFor((each) => each.body.includes(`"id":"${id}"`));
  return secrets.map((secret) => judge(headers, Buffer.from(body), [secret]));
}

async function shownSecret(card: string): Promise<string> {
  const article = hub.now.page.getByRole("article", { name: card });
  await article.getByRole("button", { name: "Show client_secret" }).click();
  return (await article.getByRole("code").first().innerText()).trim();
}

test("while a rotation overlaps the receiver verifies with either secret, and afterwards with the new one alone", async () => {
  const { page, program } = hub.now;
  const wanted = { name: "Main endpoint", url: `${inbox.url}/main`, topics: ["ticket.created", "conversation.user.created"] };
  const made = await program.makeApp("settings", [wanted]);
  app = made.app;
  await hub.now.go(`/apps/${app}/basic`, "Basic information");
  const oldSecret = await shownSecret("Live secret");
  assert.equal(oldSecret, made.secret);
  await page.getByRole("button", { name: "Rotate the secret" }).click();
  // Pressed twice it rotates once: a second rotation would end the secret that deployed receivers know.
  await page.getByRole("dialog").getByRole("button", { name: "Rotate", exact: true }).dblclick();
  await page.getByText("Two secrets are live: the old one ends").waitFor();
  await page
    .getByRole("timer", { name: "Ends in" })
    .getByText(/^23:59:\d\d$/)
    .waitFor();
  const newSecret = await shownSecret("New secret");
  assert.notEqual(newSecret, oldSecret);
  assert.deepEqual(await verifiedWith("1", oldSecret, newSecret), [
    { hub: "right", standard: "right" },
    { hub: "wrong", standard: "right" },
  ]);
  await hub.now.checkAccessibility("Two secrets are live");
  await hub.now.picture("basic");
  await page.getByRole("button", { name: "Use the new secret now" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Use the new secret" }).click();
  await page.getByText("One secret is live").waitFor();
  assert.deepEqual(await verifiedWith("2", oldSecret, newSecret), [
    { hub: "wrong", standard: "wrong" },
    { hub: "right", standard: "right" },
  ]);
});

test("leaving with a name that is not saved asks first; staying keeps it, leaving forgets it", async () => {
  const { page, program } = hub.now;
  const toWebhooks = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Webhooks" });
  const question = page.getByRole("alertdialog", { name: "Leave without saving?" });
  await hub.now.go(`/apps/${app}/basic`, "Basic information");
  await page.getByLabel("Name", { exact: true }).fill("Another name");
  await toWebhooks.click();
  await question.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Another name");
  await toWebhooks.click();
  await question.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  const nameNow = async (): Promise<string> => (await program.must<{ name: string }>("GET", `/v1/apps/${app}`)).name;
  assert.equal(await nameNow(), "Test App");
  await hub.now.go(`/apps/${app}/basic`, "Basic information");
  await page.getByLabel("Name", { exact: true }).fill("   ");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("must be 1-100 characters, not all of them blank").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Renamed");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("navigation", { name: "Where you are" }).getByText("Renamed").waitFor();
  assert.equal(await nameNow(), "Renamed");
  await toWebhooks.click();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
});

test("a permission taken away names the topics that stop, and then they make nothing while the others go on", async () => {
  const { page } = hub.now;
  await hub.now.go(`/apps/${app}/authorization`, "Authorization");
  await page.getByText("The app asks for 3 permissions").waitFor();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("checkbox", { name: "Read tickets" }).uncheck();
  await page.getByRole("alert").getByText("ticket.created").waitFor();
  await hub.now.checkAccessibility("A chosen topic will stop");
  await page.getByRole("button", { name: "Save" }).click();
  const question = page.getByRole("alertdialog", { name: "A chosen topic stops" });
  await question.getByText("ticket.created, chosen by Main endpoint").waitFor();
  await question.getByRole("button", { name: "Save and stop them" }).click();
  await page.getByText("1 chosen topic lacks a permission").waitFor();
  assert.equal((await publish("3")).notifications, 0);
  assert.equal((await publish("4", "conversation.user.created")).notifications, 1);
  await inbox.waitFor(({ body }) => body.includes('"id":"4"'));
  await hub.now.checkAccessibility("Read conversations");
  await hub.now.picture("authorization");
});

test("a redirect URL that is refused is marked at its field, and what else was typed is kept", async () => {
  const { page, program } = hub.now;
  await hub.now.go(`/apps/${app}/authorization?edit=1`, "Authorization");
  await page.getByRole("button", { name: "Add a URL" }).click();
  await page.getByLabel("Redirect URL 1", { exact: true }).fill("ftp://example.com/back");
  await page.getByRole("checkbox", { name: "Read tickets" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByLabel("Redirect URL 1", { exact: true }).and(page.locator("[aria-invalid=true]")).waitFor();
  await page.getByLabel("Redirect URL 1", { exact: true }).fill("https://example.com/back");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The app asks for 3 permissions").waitFor();
  const { redirect_urls: urls } = await program.must<{ redirect_urls: string[] }>("GET", `/v1/apps/${app}`);
  assert.deepEqual(urls, ["https://example.com/back"]);
});

test("a regenerated access token is shown once and works", async () => {
  const { page, program } = hub.now;
  await page.getByRole("button", { name: "Regenerate" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Regenerate", exact: true }).click();
  const token = (await page.getByRole("figure", { name: "Access token" }).locator("pre").innerText()).trim();
  const { status } = await fetch(`${program.url}/v1/app_install/status`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ state: "OK" }),
  });
  assert.equal(status, 200);
  await hub.now.go(`/apps/${app}/authorization`, "Authorization");
  await page.getByText("A token is shown once").waitFor();
  assert.equal(await page.getByRole("figure", { name: "Access token" }).count(), 0);
});

test("the app is deleted once its name is typed, and nothing says so before", async () => {
  const { page, program } = hub.now;
  await hub.now.go(`/apps/${app}/basic`, "Basic information");
  await page.getByRole("button", { name: "Delete app …" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete Renamed?" });
  const button = dialog.getByRole("button", { name: "Delete app" });
  await dialog.getByText("It has 1 subscription and is installed in 1 workspace.").waitFor();
  await dialog.getByLabel("Type Renamed to confirm").fill("renamed");
  assert.ok(await button.isDisabled());
  await dialog.getByLabel("Type Renamed to confirm").fill("Renamed");
  await button.click();
  await page.getByRole("heading", { level: 1, name: "Your apps" }).waitFor();
  assert.equal((await program.call("GET", `/v1/apps/${app}`)).status, 404);
});

test("the console said nothing", () => hub.now.checkConsole(/422/, /404/));
