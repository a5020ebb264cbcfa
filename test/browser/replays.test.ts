// Failures and Replays: a receiver breaks, its failures stand as one group with their cause, it is mended, the group is replayed
// and arrives; and a replay of a thousand is canceled midway and stops.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import test, { after, before } from "node:test";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import { eventually } from "../eventually.ts";
import { testPort } from "../port.ts";
import type { MadeApp } from "../program.ts";
import { openInbox, useHub } from "./hub.ts";

const hub = useHub();
let inbox: Inbox;
let slow: Slow;
let broken: MadeApp;

before(async () => {
  inbox = await openInbox(() => []);
  slow = await openSlow();
});
after(async () => {
  await inbox.close();
  slow.close();
});

type Slow = { readonly url: string; readonly bodies: string[]; hold(): void; release(): void; close(): void };

/** A receiver that answers nothing while it is told to hold. */
async function openSlow(): Promise<Slow> {
  const bodies: string[] = [];
  const waiting: ServerResponse[] = [];
  let isHolding = false;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      bodies.push(body);
      if (isHolding) waiting.push(response);
      else response.end();
    });
  });
  const port = await testPort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${port}/slow`,
    bodies,
    hold: () => (isHolding = true),
    release: () => {
      isHolding = false;
      for (const response of waiting.splice(0)) response.end();
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const publish = (...ids: string[]): Promise<unknown> =>
  hub.now.program.must(
    "POST",
    "/v1/events/batch",
    ids.map((id) => ({ workspace_id: "ext:replays", topic: "ticket.created", item: { type: "ticket", id } })),
  );

const countOf = (status: string): Promise<number> =>
  hub.now.program.countNotifications({ subscription: broken.subscriptions[0] as string, status });

test("nothing failed, nothing replayed: each page says so and what would stand there", async () => {
  const { page, program } = hub.now;
  const wanted = { name: "Main endpoint", url: `${inbox.url}/main`, topics: ["ticket.created"], policy: { waits_s: [1] } };
  broken = await program.makeApp("replays", [wanted]);
  await hub.now.go(`/apps/${broken.app}/failures`, "Failures");
  await page.getByText("Nothing failed in the last 7 days").waitFor();
  await hub.now.go(`/apps/${broken.app}/replays`, "Replays");
  await page.getByText("No replay yet").waitFor();
  await page.getByRole("figure", { name: "In a shell" }).getByText("/v1/replays").waitFor();
});

test("what failed for one cause is one group, which leads to its notifications", async () => {
  const { page } = hub.now;
  inbox.behave(null, 503);
  await hub.now.go(`/apps/${broken.app}/failures`, "Failures");
  await publish("1", "2", "3");
  await eventually(async () => ((await countOf("failed")) === 3 ? true : null));
  const group = page.getByRole("listitem").filter({ hasText: "status 503" });
  await group.getByText("The endpoint failed at POST /main with 503.").waitFor();
  await page.getByText("3 notifications have failed, for 1 cause; none of them are still tried.").waitFor();
  await hub.now.checkAccessibility("status 503");
  await hub.now.picture("failures");
  await group.getByRole("link", { name: "Show them" }).click();
  await page.getByRole("heading", { level: 1, name: "Deliveries" }).waitFor();
  const found = new URL(page.url()).searchParams.get("q") ?? "";
  assert.match(found, /code:503 reason:status/);
  const listed = await hub.now.program.must<{ data: unknown[] }>("GET", `/v1/notifications?q=${encodeURIComponent(found)}`);
  assert.equal(listed.data.length, 3);
});

test("mended, the group is replayed: counted first, each arrives, and nothing stands as failed any more", async () => {
  const { page } = hub.now;
  inbox.behave(null, 200);
  await hub.now.go(`/apps/${broken.app}/failures`, "Failures");
  await page.getByRole("link", { name: "Replay the group" }).click();
  await page.getByText("3 notifications", { exact: true }).waitFor();
  await page.getByText("Each keeps its id: receivers that de-duplicate on the id skip what they already accepted").waitFor();
  assert.equal(await page.getByRole("radio", { name: "What failed" }).isChecked(), true);
  const before = inbox.received.length;
  await hub.now.checkAccessibility("3 notifications");
  await hub.now.picture("replay-new");
  assert.equal(inbox.received.length, before, "counting sends nothing");
  await page.getByRole("button", { name: "Replay 3" }).click();
  for (const id of ["1", "2", "3"]) {
    await inbox.waitFor(({ body, answer }) => answer === 200 && body.includes(`"id":"${id}"`));
  }
  await page.getByRole("row", { name: /done.*What failed/ }).waitFor();
  await eventually(async () => ((await countOf("delivered")) === 3 ? true : null));
  await hub.now.go(`/apps/${broken.app}/failures`, "Failures");
  await page.getByText("Nothing failed in the last 7 days").waitFor();
});

test("a range that the log no longer has is marked at its field", async () => {
  const { page } = hub.now;
  const asked = `new=1&since=2001-01-01T00:00:00Z&until=2001-01-02T00:00:00Z`;
  await hub.now.go(`/apps/${broken.app}/replays?${asked}`, "Replays");
  await page.getByLabel("From (UTC)").and(page.locator("[aria-invalid=true]")).waitFor();
  await page.getByRole("radio", { name: "Last hour" }).check();
  await page.getByText("No notification", { exact: true }).waitFor();
  assert.ok(await page.getByRole("button", { name: "Replay", exact: true }).isDisabled());
});

test("a subscription that is not there is not taken for another one", async () => {
  const { page } = hub.now;
  await hub.now.go(`/apps/${broken.app}/replays?new=1&subscription=sub_0000000000000000`, "Replays");
  await page.getByText("This subscription is not there any more").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Replay/ }).count(), 0);
  await page.getByLabel("Subscription", { exact: true }).selectOption("Main endpoint");
  await page.getByRole("button", { name: /^Replay/ }).waitFor();
});

test("a replay of a thousand is canceled midway: it says how far it came, and what was not begun is not sent", async () => {
  const { page, program } = hub.now;
  const made = await program.makeApp("big", [{ url: slow.url, topics: ["ticket.created"], max_in_flight: 50 }]);
  const [subscription] = made.subscriptions;
  const events = Array.from({ length: 1_100 }, (_, index) => ({
    workspace_id: "ext:big",
    topic: "ticket.created",
    item: { type: "ticket", id: `big-${index}` },
  }));
  await program.must("POST", "/v1/events/batch", events.slice(0, 1_000));
  await program.must("POST", "/v1/events/batch", events.slice(1_000));
  await eventually(() => (slow.bodies.length === 1_100 ? true : null));
  slow.hold();
  await hub.now.go(`/apps/${made.app}/replays?new=1&include=all&since=1h`, "Replays");
  await page.getByText("1,100 notifications", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Replay 1,100" }).click();
  // No more than two pages are given to the queue while nothing of it is sent.
  await page.getByText(/^(500|1,000) of 1,100/).waitFor();
  await hub.now.checkAccessibility(/(500|1,000) of 1,100/);
  await hub.now.picture("replays");
  await page.getByRole("button", { name: "Cancel the replay" }).click();
  const row = page.getByRole("row", { name: /canceled.*Everything/ });
  await row.getByText("of 1,100").waitFor();
  await hub.now.checkAccessibility("canceled");
  type Replays = { data: { state: string; progress: { replayed: number } }[] };
  const [replay] = (await program.must<Replays>("GET", `/v1/replays?subscription=${subscription}`)).data;
  assert.ok(replay);
  assert.equal(replay.state, "canceled");
  const given = replay.progress.replayed;
  assert.ok(given <= 1_000, `${given} were given`);
  slow.release();
  await eventually(() => (slow.bodies.length >= 1_100 + given ? true : null));
  assert.equal(slow.bodies.filter((body) => body.includes('"id":"big-1099"')).length, 1, "the newest was not begun");
  assert.equal(slow.bodies.length, 1_100 + given);
});

test("the console said nothing", () => hub.now.checkConsole(/422/));
