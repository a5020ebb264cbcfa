// The operator's day, in a real browser and at the receiver: the noisy neighbour is found, braked and let go; keys, topics and
// workspaces do what their pages say; and the audit tells of it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import test, { after, before } from "node:test";
import { eventually } from "../eventually.ts";
import { testPort } from "../port.ts";
import { useHub } from "./hub.ts";

const hub = useHub();
const topic = "ticket.created";

/** Answers at once, but for `/hang`: what comes there waits until it is let go. */
class Receiver {
  readonly subjects: string[] = [];
  readonly #server = createServer((request, response) => void this.#take(request, response));
  #held: ServerResponse[] | null = [];
  url = "";

  async open(): Promise<void> {
    const port = await testPort();
    await new Promise<void>((done) => this.#server.listen(port, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${port}`;
  }

  letGo(): void {
    for (const response of this.#held ?? []) response.end();
    this.#held = null;
  }

  close(): void {
    this.letGo();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === "POST") {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { data: { item: { subject?: string } } };
      this.subjects.push(body.data.item.subject ?? "");
    }
    if (request.url === "/hang" && this.#held) this.#held.push(response);
    else response.end();
  }
}

const receiver = new Receiver();
before(() => receiver.open());
after(() => receiver.close());

async function publish(workspace: string, subjects: readonly string[], named = topic): Promise<void> {
  const event = (subject: string) => ({ workspace_id: workspace, topic: named, item: { type: "ticket", id: subject, subject } });
  await hub.now.program.must("POST", "/v1/events/batch", subjects.map(event));
}

const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${name} ${index}`);

test("the neighbour that hangs is named, braked from there, held while others are served, and lifted", async () => {
  const { page, program } = hub.now;
  const hanging = { url: `${receiver.url}/hang`, topics: [topic], timeout_ms: 30_000 };
  const [subscription] = (await program.makeApp("acme", [hanging])).subscriptions as [string];
  await program.makeApp("globex", [{ url: `${receiver.url}/quick`, topics: [topic] }]);
  await publish("ext:acme", numbered("before", 12));
  await hub.now.go("/operator/flow", "Everything flowing");
  await page.getByText(/holds 8 requests open, 100 % of all that are under way/).waitFor();
  await page.getByText("It hurts nobody else").waitFor();
  await page.getByRole("row", { name: new RegExp(`slow.*${subscription}`) }).waitFor();
  await hub.now.picture("flow");
  await hub.now.checkAccessibility(/holds 8 requests open/);

  await page.getByRole("link", { name: `Brake it: ${subscription}` }).click();
  assert.equal(await page.getByLabel("Subscription id").inputValue(), subscription);
  await page.getByLabel("Reason").fill("It hangs, and takes the places of others.");
  await page.getByRole("button", { name: "Brake", exact: true }).click();
  await page.getByText("1 brake holds notifications back now").waitFor();
  const active = page.getByRole("region", { name: "Active brakes" });
  await active.getByText("It hangs, and takes the places of others.").waitFor();
  await hub.now.picture("brakes");
  await hub.now.checkAccessibility("It hangs, and takes the places of others.");

  await publish("ext:acme", numbered("braked", 3));
  await publish("ext:globex", ["served meanwhile"]);
  await eventually(() => (receiver.subjects.includes("served meanwhile") ? true : null));
  await eventually(async () => ((await program.countNotifications({ subscription, status: "held" })) >= 7 ? true : null));
  assert.deepEqual(
    receiver.subjects.filter((subject) => subject.startsWith("braked")),
    [],
  );
  await active.getByRole("link", { name: "What is held" }).click();
  await page.getByText("held", { exact: true }).first().waitFor();

  receiver.letGo();
  await page.goBack();
  await page.getByRole("button", { name: `Lift now: ${subscription}` }).click();
  await page.getByText("Nothing is braked").waitFor();
  await page.getByRole("region", { name: "Past brakes" }).getByText("lifted").waitFor();
  const all = [...numbered("before", 12), ...numbered("braked", 3)];
  await eventually(() => (all.every((subject) => receiver.subjects.includes(subject)) ? true : null));
});

test("a brake says beside the field what is wrong with it, and keeps what was typed", async () => {
  const { page } = hub.now;
  await page.goto("/operator/brakes?new=1&host=https://example.com/x");
  await page.getByLabel("Reason").fill("Slow.");
  await page.getByRole("button", { name: "Brake", exact: true }).click();
  await page.getByText(/is not a host name or an address/).waitFor();
  assert.equal(await page.getByLabel("Host", { exact: true }).getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByLabel("Reason").inputValue(), "Slow.");
  await page.getByRole("button", { name: "Cancel" }).click();
});

test("a key made in the hub publishes, and is refused once it is deleted there", async () => {
  const { page, program } = hub.now;
  await hub.now.go("/operator/keys", "Keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("Billing");
  await page.getByLabel("Workspace").fill("ext:nobody");
  await page.getByRole("button", { name: "Make key" }).click();
  await page.getByText(/ext:nobody/).waitFor();
  await page.getByLabel("Workspace").fill("");
  await page.getByRole("button", { name: "Make key" }).click();
  const token = await page.getByRole("figure", { name: "Token" }).locator("pre").textContent();
  assert.match(token ?? "", /^bh_key_/);
  await hub.now.checkAccessibility("Its token is shown here and never again");
  const send = async (): Promise<number> => {
    const body = JSON.stringify({ workspace_id: "ext:globex", topic, item: { type: "ticket", id: "k", subject: "by the new key" } });
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return (await fetch(`${program.url}/v1/events`, { method: "POST", headers, body })).status;
  };
  assert.equal(await send(), 202);
  await eventually(() => (receiver.subjects.includes("by the new key") ? true : null));
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("button", { name: "Delete Billing" }).click();
  await page.getByRole("button", { name: "Delete key" }).click();
  // The row is out of reach while the question is open: that it is gone says nothing yet.
  await page.getByText("The key is deleted.").waitFor();
  await page.getByRole("row", { name: /Billing/ }).waitFor({ state: "detached" });
  assert.equal(await send(), 401);
});

test("a topic added in the hub, after its mistakes were shown beside their fields, is published and arrives", async () => {
  const { page, program } = hub.now;
  await hub.now.go("/operator/catalogue", "Catalogue");
  await page.getByRole("button", { name: "New topic" }).click();
  await page.getByLabel("Name", { exact: true }).fill("invoice paid");
  await page.getByLabel("Description").fill("Somebody paid");
  await page.getByLabel("Sample item").fill("{");
  await page.getByRole("button", { name: "Add topic" }).click();
  await page.getByText(/This is not JSON/).waitFor();
  await page.getByLabel("Sample item").fill('{"type":"invoice","id":"1"}');
  await page.getByLabel("Item type").fill("invoice");
  await page.getByRole("button", { name: "Add topic" }).click();
  await page
    .getByRole("alert")
    .getByText(/joined by dots/)
    .waitFor();
  await page.getByLabel("Name", { exact: true }).fill("invoice.paid");
  await page.getByRole("button", { name: "Add topic" }).click();
  await page.getByRole("heading", { name: "invoice.paid" }).waitFor();
  await page.getByLabel("Find a topic").fill("paid");
  await page.getByRole("navigation", { name: "Topics" }).getByText("Somebody paid").waitFor();
  await hub.now.checkAccessibility("Somebody paid");

  await program.makeApp("initech", [{ url: `${receiver.url}/invoices`, topics: ["invoice.paid"] }]);
  await publish("ext:initech", ["an invoice"], "invoice.paid");
  await eventually(() => (receiver.subjects.includes("an invoice") ? true : null));
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete topic" }).click();
  await page
    .getByRole("alert")
    .getByText(/would take away what is in use/)
    .waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
});

test("a workspace is made, goes on trial and back, and is kept while it owns an app", async () => {
  const { page, program } = hub.now;
  await hub.now.go("/operator/workspaces", "Workspaces");
  await page.getByRole("button", { name: "New workspace" }).click();
  await page.getByLabel("Name").fill("Umbrella");
  await page.getByLabel("Id", { exact: true }).fill("umbrella");
  await page.getByRole("button", { name: "Make workspace" }).click();
  await page.getByText("It owns none.").waitFor();
  await page.getByLabel("Kind").selectOption("trial");
  await page.getByText(/Nothing new is made for the apps it owns/).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "trial" }).waitFor();
  assert.equal((await program.must<{ kind: string }>("GET", "/v1/workspaces/umbrella")).kind, "trial");
  await hub.now.checkAccessibility("It owns none.");

  await page.getByLabel("Find a workspace").fill("acme");
  await page.getByRole("link", { name: "acme" }).click();
  await page.getByRole("link", { name: "Test App" }).waitFor();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete workspace" }).click();
  await page
    .getByRole("alert")
    .getByText(/owns an app/)
    .waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
});

test("the audit tells what was done here, by whom, and from what to what", async () => {
  const { page } = hub.now;
  await hub.now.go("/operator/audit", "Audit log");
  const changed = page.getByRole("row").filter({ hasText: "umbrella" }).filter({ hasText: "kind: paid → trial" });
  await changed.getByRole("link", { name: "Operator" }).click();
  await page.waitForURL(/actor=account/);
  await page.getByRole("row").filter({ hasText: "invoice.paid" }).first().waitFor();
  await page.getByLabel("By whom").fill("key_nobody");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await changed.waitFor();
});

test("where no addresses are configured, the page says what to configure", async () => {
  await hub.now.go("/operator/addresses", "Egress addresses");
  await hub.now.page.getByText(/BELLHOP_REGIONS='\{"us":\{"egress"/).waitFor();
});

test("nothing is said in the console but the refusals that were brought about", () => {
  hub.now.checkConsole(/status of (404|409|422)/);
});
