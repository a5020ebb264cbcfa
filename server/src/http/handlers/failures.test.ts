import assert from "node:assert/strict";
import test from "node:test";
import type { FailureList } from "@bellhop/contract/failures";
import { eventually } from "../../../../test/eventually.ts";
import { startTestProgram } from "../../../../test/in-process.ts";
import { testPort } from "../../../../test/port.ts";

const ticket = (workspace: string): object => ({ workspace_id: workspace, topic: "ticket.created", item: { type: "ticket", id: "1" } });

test("what fails is grouped by cause, each notification once, with what to do about it; what was delivered in the end is none", async (t) => {
  const program = await startTestProgram(t);
  const topics = ["ticket.created"];
  const port = await testPort();
  const failing = await program.makeInstalled({ topics });
  const once = await program.makeInstalled({ topics, settings: { policy: { waits_s: [1], pause: "hold" } } });
  const mended = await program.makeInstalled({ topics, settings: { policy: { waits_s: [2], pause: "hold" } } });
  const closed = await program.makeInstalled({ topics, url: `http://127.0.0.1:${port}/hook` });
  failing.inbox.behave(null, 503);
  once.inbox.behave(null, 503);
  mended.inbox.behave(null, 503);
  for (const { workspace } of [failing, failing, once, mended, closed]) await program.publish(ticket(workspace));
  await eventually(async () => {
    const { data } = await program.must<{ data: unknown[] }>(
      "GET",
      `/v1/notifications?subscription=${mended.subscription}&status=retrying`,
    );
    return data.length > 0 ? true : null;
  });
  mended.inbox.behave(null, 200);
  const list = async (query = "", headers = {}): Promise<FailureList> => program.must("GET", `/v1/failures${query}`, undefined, headers);
  const { data, complete } = await eventually(async () => {
    const found = await program.must<FailureList>("GET", "/v1/failures");
    const isDone = found.data.length === 3 && found.data.some(({ ended }) => ended === 1) && found.data.some(({ count }) => count === 2);
    return isDone ? found : null;
  });
  assert.ok(complete);
  assert.deepEqual(
    new Set(
      data.map(({ subscription, reason, code, count, retrying, ended }) => [subscription, reason, code, count, retrying, ended].join(" ")),
    ),
    new Set([`${failing.subscription} status 503 2 2 0`, `${once.subscription} status 503 1 0 1`, `${closed.subscription} connect  1 1 0`]),
  );
  assert.deepEqual(
    data.map(({ last_at: at }) => at),
    data
      .map(({ last_at: at }) => at)
      .toSorted()
      .toReversed(),
  );
  const group = data.find(({ subscription }) => subscription === closed.subscription);
  assert.equal(group?.host, `127.0.0.1:${port}`);
  assert.match(group?.fix ?? "", /correct the port/);
  const { status } = await program.must("GET", `/v1/notifications/${group?.sample}`);
  assert.equal(status, "retrying");
  assert.deepEqual(
    (await list(`?app=${once.app}`)).data.map(({ subscription }) => subscription),
    [once.subscription],
  );
  assert.deepEqual((await list(`?subscription=${failing.subscription}&until=2001-01-01T00:00:00Z`)).data, []);
  const key = await program.must<{ token: string }>("POST", "/v1/keys", { name: "own", scopes: ["read"], workspace_id: failing.workspace });
  const own = await list("", { authorization: `Bearer ${key.token}` });
  assert.deepEqual(
    own.data.map(({ subscription }) => subscription),
    [failing.subscription],
  );
});
