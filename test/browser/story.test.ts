// The main story, by one developer, in one sitting: from the link that signs in to the question why somebody was not notified.
// Each step begins where the one before left the page, by the links and buttons that are on it; each ends in the receiver or the API.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import type { Received } from "../../server/src/inbox/mailbox.ts";
import { judge } from "../../server/src/inbox/verify.ts";
import type { Verdicts } from "../../server/src/inbox/verify.ts";
import { eventually } from "../eventually.ts";
import { testPort } from "../port.ts";
import { openInbox, useHub } from "./hub.ts";
import { storySteps } from "./story-step.ts";

type Published = { id: string; notifications: number; skipped: Record<string, number> };
type Subscription = { id: string; topics: string[]; state: string };

const hub = useHub();
const step = storySteps();
/** More than a replay gives to the queue at once; in two batches. */
const many = 1_600;
let inbox: Inbox;
/** Of the developer: what they can read on the page is not looked up elsewhere. */
let app = "";
let workspace = "";
let subscription = "";
const secrets: string[] = [];

before(async () => {
  inbox = await openInbox(() => secrets);
});
after(async () => inbox.close());

const page = (): Page => hub.now.page;
const search = (name: string): string | null => new URL(page().url()).searchParams.get(name);
const button = (name: string | RegExp): Locator => page().getByRole("button", { name, exact: true });
const dialog = (): Locator => page().getByRole("dialog").or(page().getByRole("alertdialog"));
const rows = (text: string | RegExp): Locator =>
  page().getByRole("grid", { name: "Notifications" }).locator("[data-id]").filter({ hasText: text });
const panel = (): Locator => page().getByRole("complementary", { name: "Notification" });

/** By the rail, as people go. */
async function open(name: string, heading = name): Promise<void> {
  await page().getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();
  await page().getByRole("heading", { level: 1, name: heading }).waitFor();
}

function publish(topic: string, id: string, where = workspace): Promise<Published> {
  return hub.now.program.must("POST", "/v1/events", { workspace_id: where, topic, item: { type: topic.split(".", 1)[0], id } });
}

const arrival = (id: string, answer: unknown = 200): Promise<Received> =>
  inbox.waitFor((each) => each.answer === answer && each.body.includes(`"id":"${id}"`));
const countOf = (id: string): number => inbox.received.filter(({ body }) => body.includes(`"id":"${id}"`)).length;
const readSubscription = (): Promise<Subscription> => hub.now.program.must("GET", `/v1/apps/${app}/subscriptions/${subscription}`);

step("signs in by the link and finds no app yet", async () => {
  const { context, program } = hub.now;
  await context.clearCookies();
  await page().goto("/apps");
  await page().getByRole("heading", { name: "Sign in to Bellhop" }).waitFor();
  const { url } = await program.must<{ url: string }>("POST", "/v1/sign-in-links");
  await page().goto(url);
  await page().getByText("No app yet").waitFor();
});

step("makes an app with a development workspace on the spot, once however often the button is pressed", async () => {
  const { program } = hub.now;
  await page().getByRole("main").getByRole("button", { name: "New app" }).first().click();
  await page().getByLabel("Name").fill("Ticket sync");
  assert.equal(await page().getByLabel("Workspace").locator("option:checked").innerText(), "A new development workspace");
  await button("Create app").dblclick();
  await page().getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  app = /apps\/(app_\w+)\//.exec(page().url())?.[1] ?? "";
  await page().getByRole("navigation", { name: "Where you are" }).getByText("Ticket sync").waitFor();
  await page().getByRole("combobox", { name: "App" }).getByText("Ticket sync").waitFor({ state: "attached" });
  const { data } = await program.must<{ data: { id: string; kind: string }[] }>("GET", "/v1/workspaces");
  assert.deepEqual(
    data.map(({ kind }) => kind),
    ["development"],
  );
  workspace = data[0]?.id ?? "";
});

step("a URL that nobody answers at is refused with the cause; a reload asks first, and what was typed is kept", async () => {
  const nobody = `http://127.0.0.1:${await testPort()}/hooks`;
  await page().getByLabel("Endpoint URL").fill(nobody);
  await button("Save").click();
  await page().getByRole("alert").getByText("No connection to the endpoint could be made.").waitFor();
  const asked = page().waitForEvent("dialog");
  const reload = page()
    .reload({ timeout: 2_000 })
    .catch(() => null);
  const question = await asked;
  assert.equal(question.type(), "beforeunload");
  await question.dismiss();
  await reload;
  assert.equal(await page().getByLabel("Endpoint URL").inputValue(), nobody);
});

step("mended, with topics chosen, it is saved; the row says that a permission is missing", async () => {
  await page().getByLabel("Endpoint URL").fill(`${inbox.url}/hooks`);
  await page().getByText("No connection to the endpoint could be made.").waitFor({ state: "detached" });
  for (const topic of ["ticket.created", "contact.user.created"]) {
    await page().getByRole("combobox", { name: "Topics" }).fill(topic);
    await page()
      .getByRole("option", { name: new RegExp(`${topic.replaceAll(".", "\\.")}.*missing:`) })
      .click();
  }
  await page().keyboard.press("Escape");
  await page().getByText("Retries and pace").click();
  await page().getByLabel("Retries", { exact: true }).selectOption("Waits of your own");
  await page().getByLabel("Waits between attempts").fill("2 s, 1 h");
  await button("Save").click();
  await page().getByText("Saved, and the endpoint accepted the ping").waitFor();
  await page().getByText("is live, but nothing is sent to it. 2 chosen topics make nothing.").waitFor();
  subscription = search("subscription") ?? "";
  await inbox.waitFor(({ body }) => body.includes('"topic":"ping"'));
  await page()
    .getByRole("row", { name: /ticket\.created/ })
    .getByText(/^The app does not ask for/)
    .waitFor();
  assert.deepEqual((await publish("ticket.created", "1")).skipped, { missing_permission: 1 });
});

step("granted under Authorization, the missing permission is missing no more; back leads back, and the second tab knows", async () => {
  const other = await hub.now.context.newPage();
  await other.goto(page().url());
  await other
    .getByText(/^The app does not ask for/)
    .first()
    .waitFor();
  await page()
    .getByRole("row", { name: /ticket\.created/ })
    .getByRole("link", { name: "Add it under Authorization" })
    .click();
  await page()
    .getByRole("checkbox", { name: /^Read tickets/ })
    .check();
  await page()
    .getByRole("checkbox", { name: /^Read one user and one company/ })
    .check();
  await button("Save").click();
  await page()
    .getByText(/^The app asks for 2 permissions/)
    .waitFor();
  await page().goBack();
  await page().getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  await page()
    .getByText(/^Live: 2 topics are sent to/)
    .waitFor();
  assert.equal(
    await page()
      .getByText(/^The app does not ask for/)
      .count(),
    0,
  );
  // A browser without a screen shows all its tabs at once: that this one is looked at again has to be said.
  await other.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
  await other
    .getByText(/^The app does not ask for/)
    .first()
    .waitFor({ state: "detached" });
  await other.close();
});

step("a test request is answered inline, and its address opens the same in another tab", async () => {
  await button("Send a test request").click();
  await page().getByLabel("Topic", { exact: true }).selectOption("ticket.created");
  await page().getByLabel("Item").fill('{"type":"ticket","id":"tried"}');
  await button("Send").click();
  await page()
    .getByText(/ticket\.created: 200/)
    .waitFor();
  await arrival("tried");
  const other = await hub.now.context.newPage();
  await other.goto(page().url());
  await other.getByRole("heading", { name: "Send a test request" }).waitFor();
  await eventually(async () => ((await other.getByLabel("Topic", { exact: true }).inputValue()) === "ticket.created" ? true : null));
  await other.close();
});

step("what is published arrives at the receiver, and in the open log by itself", async () => {
  await page().getByRole("main").getByRole("link", { name: "Deliveries" }).click();
  await page().getByText("Live", { exact: true }).waitFor();
  assert.equal(search("q"), `subscription:${subscription}`);
  const { notifications } = await publish("ticket.created", "2");
  assert.equal(notifications, 1);
  await rows("ticket.created").getByText("delivered").waitFor();
  const { headers } = await arrival("2");
  assert.equal(await rows("ticket.created").getAttribute("data-id"), headers["webhook-id"]);
});

step("the receiver breaks: the row goes on by itself from the first attempt to the second, and its page says why", async () => {
  inbox.behave("/hooks", 503);
  await publish("contact.user.created", "3");
  const row = rows("contact.user.created");
  await row.getByText("retrying").waitFor();
  await inbox.waitFor((_, all) => all.filter(({ body }) => body.includes('"id":"3"')).length === 2);
  await row.getByText(/^in (\d+ min|1 h)/).waitFor();
  await row.click();
  await panel().getByText("The endpoint failed at POST /hooks with 503.").waitFor();
  await panel().getByRole("link", { name: "Open as a page" }).click();
  await page().getByRole("heading", { level: 1, name: "contact.user.created" }).waitFor();
  await page().getByRole("group", { name: "Life line" }).getByRole("button", { name: "503 attempt 2" }).waitFor();
  await page()
    .getByRole("region", { name: "Answer" })
    .getByText(/was told to answer 503 at \/hooks/)
    .waitFor();
  await page().goBack();
  await panel().getByText("The endpoint failed at POST /hooks with 503.").waitFor();
});

step("paused by hand nothing goes out; a second tab sees what is held without reloading", async () => {
  const log = page().url();
  await panel().getByRole("link", { name: "Its settings" }).click();
  await button("Pause").click();
  await dialog().getByRole("button", { name: "Pause" }).click();
  await button("Set live").waitFor();
  const before = inbox.received.length;
  const other = await hub.now.context.newPage();
  await other.goto(log);
  for (const id of ["4", "5", "6"]) await publish("ticket.created", id);
  const held = other.getByRole("grid", { name: "Notifications" }).locator("[data-id]").filter({ hasText: "held" });
  await eventually(async () => ((await held.count()) === 3 ? true : null));
  await other.close();
  await page().getByText("3 notifications are held").waitFor();
  assert.equal(inbox.received.length, before);
});

step("mended and set live, the held ones arrive, and the log says so", async () => {
  inbox.behave("/hooks", 200);
  await button("Set live").click();
  await dialog().getByText("3 notifications are held for this endpoint.").waitFor();
  await button("Set live and send them").click();
  for (const id of ["4", "5", "6"]) await arrival(id);
  await page()
    .getByText(/^Live: 2 topics are sent to/)
    .waitFor();
  assert.equal((await readSubscription()).state, "live");
  await page().getByRole("main").getByRole("link", { name: "Deliveries" }).first().click();
  await eventually(async () => ((await rows("delivered").count()) === 4 ? true : null));
});

step("the one whose next attempt is an hour away is replayed from its panel, and the row beside it follows", async () => {
  const row = rows("contact.user.created");
  await row.getByText("retrying").waitFor();
  await row.click();
  await panel().getByRole("button", { name: "Replay" }).click();
  await dialog().getByRole("button", { name: "Replay" }).click();
  const again = await arrival("3");
  assert.equal(again.headers["webhook-id"], await row.getAttribute("data-id"));
  await row.getByText("delivered").waitFor();
  await panel().getByText("The endpoint took the notification.").waitFor();
});

step("a range is replayed, watched, and canceled midway", async () => {
  const { program } = hub.now;
  const events = Array.from({ length: many }, (_, index) => ({
    workspace_id: workspace,
    topic: "ticket.created",
    item: { type: "ticket", id: `many-${index}` },
  }));
  for (const half of [events.slice(0, many / 2), events.slice(many / 2)]) await program.must("POST", "/v1/events/batch", half);
  await eventually(() => (inbox.received.at(-1)?.body.includes("many-") && inbox.total >= many ? true : null));
  await eventually(async () => ((await program.countNotifications({ subscription, status: "waiting" })) === 0 ? true : null));
  await open("Replays");
  await page().getByRole("button", { name: "New replay" }).first().click();
  await page().getByRole("radio", { name: "Everything" }).check();
  await page().getByRole("radio", { name: "Last hour" }).check();
  await page().getByText("1,605 notifications", { exact: true }).waitFor();
  inbox.behave("/hooks", "late");
  await page().getByRole("button", { name: "Replay 1,605" }).click();
  await page()
    .getByText(/^(500|1,000|1,500) of 1,605 · /)
    .waitFor();
  await page().reload();
  await button("Cancel the replay").click();
  await page()
    .getByRole("row", { name: /canceled.*Everything.*(500|1,000|1,500) of 1,605/ })
    .waitFor();
  inbox.behave("/hooks", 200);
  const { data } = await program.must<{ data: { state: string }[] }>("GET", `/v1/replays?subscription=${subscription}`);
  assert.deepEqual(
    data.map(({ state }) => state),
    ["canceled"],
  );
});

async function shownSecret(card: string): Promise<string> {
  const article = page().getByRole("article", { name: card });
  await article.getByRole("button", { name: "Show client_secret" }).click();
  return (await article.getByRole("code").first().innerText()).trim();
}

async function verifiedWith(id: string, ...candidates: string[]): Promise<Verdicts[]> {
  await publish("ticket.created", id);
  const { headers, body } = await arrival(id);
  return candidates.map((secret) => judge(headers, Buffer.from(body), [secret]));
}

step("the secret is rotated: the receiver verifies with either, and after Use the new secret now with the new one alone", async () => {
  await open("Basic information");
  const old = await shownSecret("Live secret");
  await page()
    .getByRole("button", { name: /^Rotate the secret/ })
    .click();
  await dialog().getByRole("button", { name: "Rotate", exact: true }).click();
  await button("Use the new secret now").waitFor();
  const fresh = await shownSecret("New secret");
  assert.deepEqual(await verifiedWith("rotated", old, fresh), [
    { hub: "right", standard: "right" },
    { hub: "wrong", standard: "right" },
  ]);
  await button("Use the new secret now").click();
  await dialog().getByRole("button", { name: "Use the new secret" }).click();
  await page().getByText("One secret is live").waitFor();
  assert.deepEqual(await verifiedWith("settled", old, fresh), [
    { hub: "wrong", standard: "wrong" },
    { hub: "right", standard: "right" },
  ]);
});

step("an older API version would lose a topic: deleted there, the move goes through, and every page has the new names", async () => {
  await open("API version");
  await page().getByLabel("Version", { exact: true }).selectOption("2.4 (older)");
  await page().getByText("API version 2.4 does not offer 1 of the chosen topics").waitFor();
  await button("Delete ticket.created").click();
  await button("Move to 2.4").click();
  await page()
    .getByText(/^On 2\.4\./)
    .waitFor();
  await open("Webhooks");
  await page()
    .getByRole("row", { name: /^user\.created/ })
    .waitFor();
  await page()
    .getByText(/^Live: 1 topic is sent to/)
    .waitFor();
  assert.deepEqual((await readSubscription()).topics, ["ping", "user.created"]);
  await publish("contact.user.created", "named");
  assert.equal((JSON.parse((await arrival("named")).body) as { topic: string }).topic, "user.created");
});

step("installed in a workspace that was just made, the app gets what happens there, and nothing once uninstalled", async () => {
  await open("Workspaces");
  await page().getByRole("button", { name: "New workspace" }).first().click();
  await dialog().getByLabel("Name", { exact: true }).fill("Second shop");
  await dialog().getByLabel("Id", { exact: true }).fill("second-shop");
  await button("Make workspace").click();
  await page().getByRole("link", { name: "Second shop" }).first().waitFor();
  await open("Test & publish");
  await button("Install").click();
  await dialog().getByLabel("Workspace").fill("second-shop");
  await dialog().getByRole("button", { name: "Install", exact: true }).click();
  await page().getByText("Installed in 2 workspaces.").waitFor();
  await publish("contact.user.created", "elsewhere", "second-shop");
  assert.equal((JSON.parse((await arrival("elsewhere")).body) as { app_id: string }).app_id, "second-shop");
  await page().getByRole("button", { name: "Uninstall from second-shop" }).click();
  await dialog().getByRole("button", { name: "Uninstall" }).click();
  await page().getByText("Installed in 1 workspace.").waitFor();
  await page().getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Your apps" }).click();
  await page().getByText("Installed in 1 workspace", { exact: true }).waitFor();
});

step("the Event explorer says why that workspace notified nobody, and leads to what mends it", async () => {
  const { id, notifications } = await publish("contact.user.created", "unheard", "second-shop");
  assert.equal(notifications, 0);
  await open("Event explorer");
  await page().getByLabel("Event id").fill(id);
  await page().keyboard.press("Enter");
  await page()
    .getByRole("heading", { name: /^It notified nobody/ })
    .waitFor();
  await page().getByLabel("Workspace").fill("second-shop");
  await page().getByLabel("Topic").fill("contact.user.created");
  await page().getByLabel("App (optional)").fill(app);
  await page().getByRole("form", { name: "Who would be notified now" }).getByRole("button", { name: "Explain" }).click();
  await page().getByRole("heading", { name: "No: it would not be notified." }).waitFor();
  await page().getByRole("link", { name: "Open Test & publish" }).click();
  await page().getByText("Installed in 1 workspace.").waitFor();
  assert.equal(countOf("unheard"), 0);
});

step("the console said nothing but of what was refused", () => hub.now.checkConsole(/status of (401|422)/));
