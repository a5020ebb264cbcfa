import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { hubDir } from "../../server/src/hub-build.ts";
import { useHub } from "./hub.ts";

const hub = useHub();
const firstLoadBytesMax = 180_000;

test("a link signs in once, leaves no token in the address, and says so when it is used again", async () => {
  const { program, context } = hub.now;
  const { url } = await program.must<{ url: string }>("POST", "/v1/sign-in-links");
  const other = await context.browser()?.newContext();
  assert.ok(other);
  try {
    const page = await other.newPage();
    await page.goto(url);
    await page.getByRole("heading", { name: "Your apps" }).waitFor();
    assert.equal(new URL(page.url()).hash, "");
    // Opened again by whoever it signed in, it leads in.
    await page.goto(url);
    await page.getByRole("heading", { name: "Your apps" }).waitFor();
    await other.clearCookies();
    await page.goto(url);
    await page.getByRole("alert").getByText("npm run link").or(page.getByRole("alert")).first().waitFor();
    assert.match(await page.getByRole("alert").innerText(), /link/i);
  } finally {
    await other.close();
  }
});

test("without a session every page says how to get one, and what it showed is there after signing in", async () => {
  const { page, program, context } = hub.now;
  await context.clearCookies();
  await page.goto("/operator/keys");
  await page.getByRole("heading", { name: "Sign in to Bellhop" }).waitFor();
  await page.getByText("npm run link").waitFor();
  await hub.now.signIn();
  await hub.now.go("/operator/keys", "Keys");
  const { instance } = (await (await fetch(`${program.url}/v1/session`, { headers: await cookieOf() })).json()) as {
    instance: { local_mode: boolean };
  };
  assert.equal(await page.getByText("Local mode").isVisible(), instance.local_mode);
});

test("a session that ends under somebody's hands is named as that, and what was typed is saved after signing in elsewhere", async () => {
  const { page, program, context } = hub.now;
  const { app } = await program.makeApp("ended", []);
  await hub.now.go(`/apps/${app}/basic`, "Basic information");
  const name = page.getByLabel("Name", { exact: true });
  await name.fill("Kept while I was away");
  await context.clearCookies();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Nothing can be read or changed until you sign in again").waitFor();
  assert.equal(await page.getByText("Authorization: Bearer").count(), 0);
  const elsewhere = await context.newPage();
  const { url } = await program.must<{ url: string }>("POST", "/v1/sign-in-links");
  await elsewhere.goto(url);
  await elsewhere.getByRole("heading", { name: "Your apps" }).waitFor();
  await elsewhere.close();
  await page.bringToFront();
  // A browser without a window tells no page that it is looked at again.
  await page.evaluate("dispatchEvent(new Event('visibilitychange'))");
  await page.getByText("Nothing can be read or changed").waitFor({ state: "detached" });
  assert.equal(await name.inputValue(), "Kept while I was away");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
});

test("signing out ends the session at the server, not only on the page", async () => {
  const { page, program } = hub.now;
  await hub.now.go("/apps");
  const headers = await cookieOf();
  await page.getByRole("button", { name: "Operator" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Bellhop" }).waitFor();
  assert.equal((await fetch(`${program.url}/v1/session`, { headers })).status, 401);
  await hub.now.signIn();
});

test("from the keyboard alone: a page by what people call it, an app by its name, the keys by ?", async () => {
  const { page, program } = hub.now;
  const { app } = await program.makeApp("keyboard", []);
  await program.must("PATCH", `/v1/apps/${app}`, { name: "Concierge" });
  await hub.now.go("/apps", "Your apps");
  // What is typed before the menu is there is typed nowhere: it comes with the first press.
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Go to a page" }).waitFor();
  await page.keyboard.type("noisy neighbours");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Everything flowing" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Go to a page" }).waitFor();
  await page.keyboard.type("concierge");
  await page.getByRole("option", { name: /Concierge/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/apps/${app}/overview`);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Go to a page" }).waitFor();
  await page.keyboard.insertText("key_0123456789abcdef");
  await page.getByRole("option", { name: /What the key changed/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/operator/audit?actor=key_0123456789abcdef");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).getByText("Go anywhere, do anything").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("a dark page is dark before anything is drawn", async () => {
  const { page } = hub.now;
  await hub.now.useTheme("dark");
  await page.addInitScript("addEventListener('DOMContentLoaded', () => { window.themeAtFirst = document.documentElement.dataset.theme; })");
  await hub.now.go("/apps", "Your apps");
  assert.equal(await page.evaluate("window.themeAtFirst"), "dark");
  assert.equal(await page.evaluate("getComputedStyle(document.body).color"), "rgb(241, 237, 226)");
  await hub.now.useTheme("light");
});

test("a server that does not answer is named at once, and what it did not say comes when it answers again", async () => {
  const { page } = hub.now;
  await page.route("**/v1/audit*", (route) => route.abort());
  await hub.now.go("/operator/audit", "Audit log");
  await page.getByText("Bellhop does not answer").waitFor();
  await page.unroute("**/v1/audit*");
  await page.getByRole("region", { name: "Audit" }).waitFor();
  assert.equal(await page.getByText("Bellhop does not answer").count(), 0);
});

test("a page whose code does not come says so beside the rail, and comes when it is asked for again", async () => {
  const { page } = hub.now;
  await page.route("**/assets/keys-page*", (route) => route.abort());
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Keys" }).click();
  await page.getByRole("heading", { name: "This page did not load" }).waitFor();
  await page.unroute("**/assets/keys-page*");
  await page.getByRole("button", { name: "Load it again" }).click();
  await page.getByRole("heading", { name: "Keys" }).waitFor();
});

test("an address that leads nowhere says so and leads back", async () => {
  const { page } = hub.now;
  await hub.now.go("/no/such/page", "There is no such page");
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await page.getByRole("link", { name: "Your apps" }).first().click();
  await page.getByRole("heading", { name: "Your apps" }).waitFor();
});

test("an app, a workspace or a notification that there is not is said, with the way to those that there are", async () => {
  const { page } = hub.now;
  for (const [path, way, to] of [
    ["/apps/app_0000000000000000/overview", "Your apps", "Your apps"],
    ["/operator/deliveries?q=workspace:nosuch", "All workspaces", "Workspaces"],
    ["/notifications/notif_zzz", /^(Your apps|Deliveries of .+)$/, /^(Your apps|Deliveries)$/],
  ] as const) {
    await hub.now.go(path);
    await page.locator("main").getByRole("link", { name: way }).click();
    await page.getByRole("heading", { level: 1, name: to, exact: true }).waitFor();
  }
});

test("the first load is under 180 kB gzipped", async () => {
  const { page } = hub.now;
  const loaded: string[] = [];
  page.on("response", (response) => loaded.push(new URL(response.url()).pathname));
  await page.goto("/apps");
  await page.waitForLoadState("networkidle");
  const files = [...new Set(loaded)].filter((path) => /^\/(assets\/|theme\.js|favicon)/.test(path));
  assert.ok(files.some((file) => file.endsWith(".css")));
  const bytes = [...files, "/index.html"].map((file) => statSync(join(hubDir, `${file}.gz`)).size).reduce((sum, size) => sum + size, 0);
  assert.ok(bytes < firstLoadBytesMax, `${bytes} bytes: ${files.join(", ")}`);
});

test("the console has said nothing but what was asked for without a session", () => {
  hub.now.checkConsole(/status of 40[14]/, /ERR_FAILED/, /dynamically imported module/);
});

async function cookieOf(): Promise<Record<string, string>> {
  const cookies = await hub.now.context.cookies();
  return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
}
