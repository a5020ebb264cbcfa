// The page developers meet first, from the first endpoint to held notifications that arrive after all. Each story ends at the
// receiver or in the API.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import { eventually } from "../eventually.ts";
import { testPort } from "../port.ts";
import { desktop, openInbox, phone, useHub } from "./hub.ts";

type View = { id: string; url: string; topics: string[]; topics_off: string[]; state: string; held: { count: number } | null };

const hub = useHub();
let inbox: Inbox;
const secrets: string[] = [];

before(async () => {
  inbox = await openInbox(() => secrets);
});
after(async () => inbox.close());

const topicsReceived = (path: string): string[] =>
  inbox.received.filter((each) => each.path === path).map(({ body }) => (JSON.parse(body) as { topic: string }).topic);

async function only(app: string): Promise<View> {
  const { data } = await hub.now.program.must<{ data: View[] }>("GET", `/v1/apps/${app}/subscriptions`);
  assert.equal(data.length, 1);
  return data[0] as View;
}

const publish = (workspace: string, topic: string, id: string): Promise<{ notifications: number }> =>
  hub.now.program.must("POST", "/v1/events", { workspace_id: `ext:${workspace}`, topic, item: { type: "ticket", id } });

test("an endpoint that does not answer is refused beside its field, mended, and gets what is published", async () => {
  const { page, program } = hub.now;
  const { app, secret } = await program.makeApp("first", []);
  secrets.push(secret);
  await hub.now.go(`/apps/${app}/webhooks`, "Webhooks");
  await page.getByRole("figure", { name: "The way of a notification" }).waitFor();
  await page.getByText("Local mode: endpoints may be http").waitFor();
  const nobody = await testPort();
  await page.getByLabel("Endpoint URL").fill(`http://127.0.0.1:${nobody}/webhooks`);
  await page.getByRole("combobox", { name: "Topics" }).fill("ticket created");
  await page.getByRole("option", { name: /ticket\.created/ }).click();
  await page.getByRole("combobox", { name: "Topics" }).fill("articles");
  await page.getByRole("option", { name: /article\.created.*missing: Read and list articles/ }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("listbox").waitFor({ state: "detached" });
  // Once more takes no topic away.
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").getByText("No connection to the endpoint could be made.").waitFor();
  assert.equal(await page.getByLabel("Endpoint URL").inputValue(), `http://127.0.0.1:${nobody}/webhooks`);
  await page.getByRole("button", { name: "Save without asking the endpoint" }).waitFor();

  await page.getByLabel("Endpoint URL").fill(`${inbox.url}/first`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved, and the endpoint accepted the ping").waitFor();
  await page.getByText(/Reachable \(HEAD\): 200/).waitFor();
  await page.getByText(/Signed ping: 200/).waitFor();
  assert.deepEqual(topicsReceived("/first"), ["ping"]);
  const { id, topics } = await only(app);
  assert.deepEqual(topics, ["ping", "ticket.created", "article.created"]);
  assert.equal(new URL(page.url()).searchParams.get("subscription"), id);

  const row = page.getByRole("row", { name: /article\.created/ });
  await row.getByText("The app does not ask for Read and list articles, so nothing is sent.").waitFor();
  await row.getByRole("link", { name: "Add it under Authorization" }).waitFor();

  await publish("first", "ticket.created", "31");
  const received = await inbox.waitFor(({ path, body }) => path === "/first" && body.includes('"id":"31"'));
  assert.equal(received.hub, "right");
  await hub.now.picture("webhooks");
});

test("a test request sends a topic's sample, edited, and shows the answer; a typing mistake stays here", async () => {
  const { page } = hub.now;
  await page.getByRole("button", { name: "Send a test request" }).click();
  await page.getByLabel("Topic", { exact: true }).selectOption("ticket.created");
  await page.getByLabel("Item").fill('{"type":"ticket","id":"32","price":1.0,"big":12345678901234567890}');
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText(/ticket\.created: 200/).waitFor();
  const received = await inbox.waitFor(({ body }) => body.includes('"id":"32"'));
  assert.match(received.body, /"price":1\.0,"big":12345678901234567890/);
  inbox.behave("/first", 503);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText(/ticket\.created: 503/).waitFor();
  await page.getByText("The endpoint answered with a status that means failure.").waitFor();
  inbox.behave("/first", 200);
  const before = inbox.received.length;
  await page.getByLabel("Item").fill("{ broken");
  await page.getByText("This is not JSON").waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  assert.equal(inbox.received.length, before);
  assert.match(page.url(), /test=ticket\.created/);
});

test("a topic is switched off at once, makes nothing, and undo takes it back", async () => {
  const { page, program } = hub.now;
  const { app } = await program.makeApp("switch", [{ url: `${inbox.url}/switch`, topics: ["ticket.created", "ticket.closed"] }]);
  await hub.now.go(`/apps/${app}/webhooks`, "Webhooks");
  await page.getByRole("switch", { name: "Send ticket.created" }).click();
  await eventually(async () => ((await only(app)).topics_off.includes("ticket.created") ? true : null));
  assert.equal((await publish("switch", "ticket.created", "41")).notifications, 0);
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually(async () => ((await only(app)).topics_off.length === 0 ? true : null));
  await page.getByRole("switch", { name: "Send ticket.created", checked: true }).waitFor();
  assert.equal((await publish("switch", "ticket.created", "42")).notifications, 1);
});

test("without a topic the form says beside Save what will come of it, and what was saved leads back to the topics", async () => {
  const { page, program } = hub.now;
  const { app } = await program.makeApp("none", []);
  await hub.now.go(`/apps/${app}/webhooks`, "Webhooks");
  const topics = page.getByRole("combobox", { name: "Topics" });
  await page.getByLabel("Endpoint URL").fill(`${inbox.url}/none`);
  const save = page.getByRole("button", { name: "Save", exact: true });
  const places = await Promise.all([topics, save].map((each) => each.boundingBox()));
  assert.ok((places[0]?.y ?? 0) < (places[1]?.y ?? 0), "Save stands below the topics");
  await page.getByText("No topic is chosen: saved like this, the subscription is off, and only pings are sent.").waitFor();
  await page.getByRole("button", { name: "Choose topics" }).click();
  await topics.and(page.locator(":focus")).waitFor();
  await save.click();
  await page.getByText("None is chosen yet: choose those that the endpoint should get.").waitFor();
  assert.equal(await page.getByText("Switch a topic on").count(), 0);
  await page.getByRole("button", { name: "Choose topics" }).click();
  await topics.fill("ticket created");
  await page.getByRole("option", { name: /ticket\.created/ }).click();
  await page.keyboard.press("Escape");
  await save.click();
  await page.getByText("Live: 1 topic is sent to").waitFor();
});

test("what keeps a live endpoint back is said in the same words by the head, the list and the one that is open", async () => {
  const { page, program } = hub.now;
  const wanted = ["one", "two"].map((name) => ({ url: `${inbox.url}/${name}`, topics: ["ticket.created"], name }));
  const { app, subscriptions } = await program.makeApp("kept", wanted);
  await program.must("POST", "/v1/brakes", {
    subscription: subscriptions[1],
    until: new Date(Date.now() + 600_000).toISOString(),
    reason: "a test",
  });
  await hub.now.go(`/apps/${app}/webhooks?subscription=${subscriptions[1]}`, "Webhooks");
  await page.getByText("All 2 endpoints are live, 1 of them braked.").waitFor();
  const words = page.locator("main").getByText("braked", { exact: true });
  await eventually(async () => ((await words.count()) === 2 ? true : null));
});

test("editing keeps the secret values, warns before leaving, and warns of the same topic twice", async () => {
  const { page, program } = hub.now;
  const wanted = [
    { url: `${inbox.url}/twice`, topics: ["ticket.created"], name: "One" },
    { url: `${inbox.url}/other`, topics: ["ticket.created"], name: "Other", headers: { "X-Team": "night" } },
  ];
  const { app, subscriptions } = await program.makeApp("edit", wanted);
  await hub.now.go(`/apps/${app}/webhooks?subscription=${subscriptions[1]}`, "Webhooks");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill("Another");
  await page.getByRole("navigation", { name: "Subscriptions" }).getByRole("link", { name: "One" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Another");
  await page.getByLabel("Endpoint URL").fill(`${inbox.url}/twice`);
  await page.getByLabel("Retries", { exact: true }).selectOption("Waits of your own");
  await page.getByLabel("Waits between attempts").fill("1 s, soon");
  await page.getByText("“soon” is not a time").waitFor();
  await page.getByLabel("Waits between attempts").fill("1 s, 2 min");
  await page.getByRole("button", { name: "Add a header" }).click();
  await page.getByLabel("Name of header 2").fill("X-Shift");
  await page.getByLabel("Value of header 2").fill("late");
  await page.getByLabel("Secret of Standard Webhooks").selectOption("Make one for this subscription");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText(`${subscriptions[0]} (One) sends ticket.created to the same URL too`).waitFor();
  assert.match(await page.getByRole("figure", { name: "Signing secret" }).innerText(), /whsec_[\w+/=]+/);
  const ping = await inbox.waitFor(({ path }) => path === "/twice");
  assert.deepEqual([ping.headers["x-team"], ping.headers["x-shift"]], ["night", "late"]);
  const saved = await program.must<{ policy: unknown; name: string }>("GET", `/v1/apps/${app}/subscriptions/${subscriptions[1]}`);
  assert.deepEqual([saved.name, saved.policy], ["Another", { waits_s: [1, 120], pause: "hold" }]);
  await page.getByText("own waits").waitFor();
});

test("without a network or a session Save says so, and goes on with what was typed once it is back", async () => {
  const { page, program, context } = hub.now;
  const { app } = await program.makeApp("away", [{ url: `${inbox.url}/away`, topics: ["ticket.created"] }]);
  await hub.now.go(`/apps/${app}/webhooks?edit=1`, "Webhooks");
  await page.getByLabel("Name", { exact: true }).fill("Typed before");
  const save = page.getByRole("button", { name: "Save", exact: true });
  await context.setOffline(true);
  await save.click();
  await page.getByText("Bellhop does not answer").waitFor();
  await context.setOffline(false);
  await context.clearCookies();
  await save.click();
  await page.getByText("Your session has ended").first().waitFor();
  const { url } = await program.must<{ url: string }>("POST", "/v1/sign-in-links");
  const other = await context.newPage();
  await other.goto(url);
  await other.waitForURL("**/apps");
  await other.close();
  await save.click();
  await page.getByText("Saved, and the endpoint accepted the ping").waitFor();
  assert.equal(((await only(app)) as View & { name: string }).name, "Typed before");
});

test("paused by itself the page says so, and Set live sends what was held", async () => {
  const { page, program } = hub.now;
  const { app, subscriptions } = await program.makeApp("held", [{ url: `${inbox.url}/held`, topics: ["ticket.created"] }]);
  await hub.now.go(`/apps/${app}/webhooks`, "Webhooks");
  await page.getByText("Live: 1 topic is sent to").waitFor();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByLabel("For how long").selectOption("For an hour");
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.getByText(/Paused for .* ends by itself in/).waitFor();
  for (const id of ["51", "52", "53"]) await publish("held", "ticket.created", id);
  await page.getByText("3 notifications are held").waitFor();
  assert.deepEqual(topicsReceived("/held"), []);
  await hub.now.go("/apps", "Your apps");
  const card = page.getByRole("listitem").filter({ hasText: app });
  await card.getByText("Nothing was sent in the last 24 hours: what happened is held or waits").waitFor();
  await hub.now.go(`/apps/${app}/webhooks`, "Webhooks");
  await hub.now.checkAccessibility("3 notifications are held");
  await hub.now.picture("webhooks-paused");
  await page.getByRole("button", { name: "Set live" }).click();
  await page.getByRole("dialog").getByText("3 notifications are held for this endpoint.").waitFor();
  await page.getByRole("button", { name: "Set live and send them" }).click();
  await inbox.waitFor(() => topicsReceived("/held").length === 3);
  await page.getByText("Live: 1 topic is sent to").waitFor();
  await page.getByRole("row", { name: /Somebody set the subscription live/ }).waitFor();

  inbox.behave("/held", 410);
  await publish("held", "ticket.created", "54");
  await page.getByText(/Disabled for/).waitFor();
  await page.getByText("The endpoint answered 410 Gone. Set the subscription live once the endpoint exists again.").waitFor();
  const { state } = await program.must<View>("GET", `/v1/apps/${app}/subscriptions/${subscriptions[0]}`);
  assert.equal(state, "disabled");
});

test("the test inbox hands its URL over, and what is only handed over is left without a question", async () => {
  const { page, program } = hub.now;
  const { app } = await program.makeApp("handed", [{ url: `${inbox.url}/handed`, topics: ["ticket.created"] }]);
  await hub.now.go(`/apps/${app}/webhooks?url=${encodeURIComponent(`${inbox.url}/from-inbox`)}`, "Webhooks");
  assert.equal(await page.getByLabel("Endpoint URL").inputValue(), `${inbox.url}/from-inbox`);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("heading", { name: `${inbox.url}/handed` }).waitFor();
});

test("an app of a workspace on a trial is not called live, and the page says what to change", async () => {
  const { page, program } = hub.now;
  const long = `${inbox.url}/${"a-long-way/".repeat(20)}?token=${"x".repeat(200)}`;
  const { app } = await program.makeApp("trial", [
    { url: `${inbox.url}/other`, topics: ["ticket.created"] },
    { url: long, topics: ["ticket.created"] },
  ]);
  await program.must("PUT", "/v1/workspaces/ext:trial", { name: "trial", kind: "trial", region: "us" });
  await page.setViewportSize(phone);
  await hub.now.go(`/apps/${app}/webhooks`, "Webhooks");
  await page.getByText("The workspace that owns the app is on a trial").waitFor();
  await page.getByText("Change the owner workspace to a paid or development one.").waitFor();
  await page.getByRole("heading", { name: /a-long-way/ }).waitFor();
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), phone.width);
  await page.setViewportSize(desktop);
});

test("deleted, nothing is left of it but the way to make the first; the form is accessible and fits a phone", async () => {
  const { page, program } = hub.now;
  const { app } = await program.makeApp("deleted", [{ url: `${inbox.url}/deleted`, topics: ["ticket.created"] }]);
  await hub.now.go(`/apps/${app}/webhooks`, "Webhooks");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete the subscription" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete subscription" }).click();
  await page.getByRole("figure", { name: "The way of a notification" }).waitFor();
  assert.deepEqual((await program.must<{ data: View[] }>("GET", `/v1/apps/${app}/subscriptions`)).data, []);
  await page.getByText("Retries and pace").click();
  await page.getByText("Signatures and headers").click();
  await hub.now.checkAccessibility("Retries and pace");
  await page.setViewportSize(phone);
  await page.getByRole("combobox", { name: "Topics" }).fill("conversation");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("listbox").waitFor({ state: "detached" });
  await hub.now.checkAccessibility("Retries and pace");
  assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
});

test("nothing is said in the console", () => hub.now.checkConsole(/status of (401|422)|ERR_INTERNET_DISCONNECTED/));
