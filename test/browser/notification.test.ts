// One notification from a developer's point of view: what was sent, what came back, why, and is it really from Bellhop?
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import type { Locator } from "playwright-core";
import { startInbox } from "../../server/src/inbox/inbox.ts";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import { eventually } from "../eventually.ts";
import type { MadeApp } from "../program.ts";
import { phone, useHub } from "./hub.ts";

const hub = useHub();
/** What the answer has after this is read from right to left by a page that shows it as it is. */
const turned = "\u202E";
const html = `<html><body>${turned}<h1>Broken</h1><img src=x onerror="document.title='owned'"><a href='https://example.com'>out</a></body></html>`;
const answers = { status: 500 };
const breaking = createServer((request, response) => {
  request.resume().on("end", () => {
    const isGood = answers.status === 200;
    response
      .writeHead(answers.status, { "content-type": "text/html", "x-served-by": `edge-${answers.status}` })
      .end(isGood ? "thanks" : html);
  });
});
let inbox: Inbox;
let made: MadeApp;
/** Failed once, answered with HTML; the next attempt is an hour away. */
let failing: string;

before(async () => {
  inbox = await startInbox({ secrets: () => [made.secret] });
  breaking.listen(0, "127.0.0.1");
  await once(breaking, "listening");
});
after(async () => {
  breaking.closeAllConnections();
  breaking.close();
  await inbox.close();
});

const breakingUrl = (): string => `http://127.0.0.1:${(breaking.address() as AddressInfo).port}/hook?tenant=5`;

async function publish(topic: string): Promise<string> {
  const { program } = hub.now;
  const item = { type: "thing", id: "7", name: "Café “Zoë”" };
  await program.must("POST", "/v1/events", { workspace_id: "ext:one", topic, item });
  return eventually(async () => (await newest(`app=${made.app}&topic=${topic}`))?.id);
}

async function newest(query: string): Promise<{ id: string; status: string; attempts: number } | undefined> {
  type Listed = { data: { id: string; status: string; attempts: number }[] };
  return (await hub.now.program.must<Listed>("GET", `/v1/notifications?${query}`)).data[0];
}

const isNow = (id: string, status: string): Promise<true> =>
  eventually(async () => ((await newest(`id=${id}`))?.status === status ? (true as const) : null));
const lifeLine = (): Locator => hub.now.page.getByRole("group", { name: "Life line" });
const section = (name: string): Locator => hub.now.page.getByRole("region", { name, exact: true });
const result = (): Locator => hub.now.page.getByRole("status", { name: "Result" });

test("the cause stands first; what the receiver answered is text, whatever it is", async () => {
  const { page, program } = hub.now;
  made = await program.makeApp("one", [
    { url: breakingUrl(), topics: ["company.created"], policy: { waits_s: [3_600, 3_600] } },
    { url: `${inbox.url}/good`, topics: ["ticket.created"] },
    { url: breakingUrl(), topics: ["contact.user.created"], policy: { waits_s: [1, 3_600] } },
  ]);
  failing = await publish("company.created");
  await isNow(failing, "retrying");
  await hub.now.go(`/notifications/${failing}`, "company.created");
  await page.getByText("The endpoint failed at POST /hook with 500.").first().waitFor();
  await lifeLine().getByRole("button", { name: "500 attempt 1" }).waitFor();
  await lifeLine()
    .getByText(/^in \d+ (min|h)/)
    .waitFor();
  await section("Timeline").getByText("The event was published and matched the subscription.").waitFor();
  await section("Answer").getByText(html.replace(turned, "⟨U+202E⟩")).waitFor();
  await section("Answer").getByText("x-served-by: edge-500").waitFor();
  assert.equal(await page.getByRole("heading", { name: "Broken" }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "out" }).count(), 0);
  assert.notEqual(await page.title(), "owned");
});

test("replayed by hand the second attempt is there by itself, and differs from the first where it should", async () => {
  const { page } = hub.now;
  answers.status = 503;
  await page.getByRole("button", { name: "Replay" }).click();
  await page.getByRole("alertdialog").getByText("the same id").waitFor();
  // Pressed twice it is asked for once: the console would tell of the other one, which is refused.
  await page.getByRole("alertdialog").getByRole("button", { name: "Replay" }).dblclick();
  await lifeLine().getByRole("button", { name: "503 attempt 2" }).click();
  await page.waitForURL(/attempt=2/);
  await section("Request").getByText("X-Bellhop-Retry-Reason: replay").waitFor();
  await page.getByLabel("Compare with").selectOption("1");
  await page.waitForURL(/compare=1/);
  await page.reload();
  await section("Request body").getByText('"delivery_attempts": 1,').waitFor();
  await section("Request body").getByText('"delivery_attempts": 2,').waitFor();
  assert.equal(await section("Request body").getByText("Café").count(), 0, "what is the same is left out");
  await section("Answer").getByText("x-served-by: edge-503").waitFor();
  await page.getByText("The same in both: where to, answer body.").waitFor();
});

test("K and J go from attempt to attempt, each with its address", async () => {
  const { page } = hub.now;
  await hub.now.go(`/notifications/${failing}`, "company.created");
  await section("Attempt 2: 503").waitFor();
  await page.keyboard.press("k");
  await section("Attempt 1: 500").waitFor();
  assert.match(page.url(), /attempt=1/);
  await page.keyboard.press("j");
  await section("Attempt 2: 503").waitFor();
});

test("the signature tester says right, and why not: another body, another secret", async () => {
  const { page } = hub.now;
  await result().getByText("Enter the secret").waitFor();
  await page.getByRole("button", { name: "Use this app’s secret" }).click();
  await eventually(async () => ((await result().getByText("Right", { exact: true }).count()) === 2 ? true : null));
  assert.equal(await page.getByLabel("Secret", { exact: true }).inputValue(), made.secret);
  const body = page.getByLabel("Body", { exact: true });
  const sent = await body.inputValue();
  await body.fill(sent.replace('"id":"7"', '"id":"8"'));
  await result()
    .getByText(/The body changed: from byte \d+ on it has "8/)
    .first()
    .waitFor();
  await body.fill(`${sent}\n`);
  await result().getByText("there is a line end behind it that was not sent").first().waitFor();
  await body.fill(sent);
  await page.getByLabel("Secret", { exact: true }).fill("something else");
  await result().getByText("Wrong secret: the body is right, and another secret of this app signed it.").first().waitFor();
});

test("the request is copied as code that sends the very same bytes", async () => {
  const { page } = hub.now;
  const id = await publish("ticket.created");
  const first = await inbox.waitFor(({ path }) => path === "/good");
  await hub.now.go(`/notifications/${id}`, "ticket.created");
  await section("Attempt 1: 200").waitFor();
  await page.getByRole("button", { name: "Copy request" }).click();
  await page.getByRole("menuitem", { name: "As code (fetch)" }).click();
  const code = await eventually(async () => {
    const text = await page.evaluate<string>("navigator.clipboard.readText()");
    return text.startsWith("const response") ? text : null;
  });
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code]);
  const again = await inbox.waitFor(({ path, number }) => path === "/good" && number > first.number);
  assert.deepEqual([again.body, again.hub, again.standard], [first.body, "right", "right"]);
  await page.getByRole("button", { name: "Copied" }).click();
  await page.getByRole("menuitem", { name: "As curl" }).click();
  await eventually(async () =>
    (await page.evaluate<string>("navigator.clipboard.readText()")).startsWith("curl -i -X POST") ? true : null,
  );
});

test("what goes on while the page is open is seen on it: it fails, is mended, and is delivered", async () => {
  const { page } = hub.now;
  answers.status = 500;
  const id = await publish("contact.user.created");
  await hub.now.go(`/notifications/${id}`, "contact.user.created");
  await lifeLine().getByRole("button", { name: "500 attempt 2" }).waitFor();
  answers.status = 200;
  await page.getByRole("button", { name: "Replay" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Replay" }).click();
  await page.getByText("The endpoint took the notification.").waitFor();
  await lifeLine().getByRole("button", { name: "200 attempt 3" }).waitFor();
  await section("Answer").getByText("thanks").waitFor();
  assert.equal(await page.getByRole("button", { name: "Cancel it" }).count(), 0);
});

test("what is held shows its whole life, from the beginning to where it waits", async () => {
  const { program } = hub.now;
  await program.must("POST", `/v1/apps/${made.app}/subscriptions/${made.subscriptions[2]}/pause`, {});
  const id = await publish("contact.user.created");
  await isNow(id, "held");
  await hub.now.go(`/notifications/${id}`, "contact.user.created");
  await lifeLine().getByText("paused", { exact: true }).waitFor();
  // No attempt says where it goes, so the page does.
  await section("About it").getByText(breakingUrl()).waitFor();
  await eventually(() => lifeLine().evaluate((frame) => (frame.scrollWidth <= frame.clientWidth ? true : null)));
});

test("what waits for its next attempt is canceled, and the page says by whom it ended", async () => {
  const { page } = hub.now;
  await hub.now.go(`/notifications/${failing}`, "company.created");
  await page.getByRole("button", { name: "Cancel it" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel the notification" }).click();
  await isNow(failing, "canceled");
  await page.getByText("Somebody canceled the notification.").first().waitFor();
});

test("its event is one click away", async () => {
  const { page } = hub.now;
  await page.getByRole("link", { name: "Who else was notified?" }).click();
  await page.waitForURL(/\/explorer\?event=evt_/);
});

test("axe finds nothing in either theme, alone and compared, and the console is empty", async () => {
  const { page } = hub.now;
  await hub.now.go(`/notifications/${failing}`, "company.created");
  await section("Answer").getByText("x-served-by: edge-503").waitFor();
  await hub.now.checkAccessibility("x-served-by: edge-503");
  await hub.now.picture("notification");
  await hub.now.go(`/notifications/${failing}?attempt=2&compare=1`, "company.created");
  await hub.now.checkAccessibility("The same in both: where to, answer body.");
  await page.setViewportSize(phone);
  await section("Timings").waitFor();
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), phone.width);
  await page.setViewportSize({ width: 1_360, height: 860 });
  await hub.now.go("/notifications/notif_00000000-0000-7000-8000-000000000000");
  await page.getByText("There is no such notification").waitFor();
  hub.now.checkConsole(/404/);
});
