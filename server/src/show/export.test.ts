import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NotificationEntrySchema } from "@bellhop/contract/notifications";
import type { NotificationEntry, NotificationList } from "@bellhop/contract/notifications";
import { rebuild } from "../deliver/request.ts";
import { notificationHandlers } from "../http/handlers/notifications.ts";
import { WithHeaders } from "../http/handler.ts";
import { firstDayMs, insertControl, publish, record, showNowMs, startShow } from "../../../test/show-fixture.ts";
import type { Shown } from "../../../test/show-fixture.ts";
import { csvCell } from "./export-format.ts";

let shown: Shown;
const made = 250;

before(async () => {
  shown = await startShow();
  await insertControl(shown, 2, [{ owner: 1, installedIn: [1, 2] }], [{ app: 1, topics: ["ticket.created"] }]);
  for (let n = 0; n < made; n++) {
    const atMs = firstDayMs + n * 60_000;
    const { notifications } = await publish(shown, atMs, { workspace: 1 + (n % 2), topic: n === 3 ? '=cmd,"x"' : "ticket.created" }, [
      { subscription: 1, app: 1 },
    ]);
    if (n % 5 > 0) await record(shown, notifications[0] as string, 1, atMs, [{ kind: "a", reason: n % 5 === 1 ? "status" : null }]);
  }
});

after(() => shown?.close());

async function everything(): Promise<NotificationEntry[]> {
  const all: NotificationEntry[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const { body }: { body: NotificationList } = await shown.get(`/v1/notifications?limit=100${cursor && `&cursor=${cursor}`}`);
    all.push(...body.data);
    cursor = body.next_cursor;
  }
  return all;
}

const lines = (text: string): NotificationEntry[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as NotificationEntry);

test("an export as NDJSON is the list, line by line, with its filters and search words", async () => {
  const { headers, text } = await shown.text("/v1/notifications/export?format=ndjson");
  const all = await everything();
  assert.equal(all.length, made);
  assert.deepEqual(lines(text), all);
  assert.equal(headers["content-type"], "application/x-ndjson");
  assert.match(String(headers["content-disposition"]), /^attachment; filename="notifications-2026-03-06\.ndjson"$/);
  const failed = await shown.text("/v1/notifications/export?format=ndjson&q=status:failed&workspace_id=w2");
  assert.deepEqual(
    lines(failed.text),
    all.filter(({ status, workspace_id: workspace }) => status === "failed" && workspace === "w2"),
  );
  const own = await shown.text("/v1/notifications/export?format=ndjson", 1);
  assert.equal(lines(own.text).length, made / 2);
});

test("an export as CSV has a header, a row for each line, and nothing that a spreadsheet would run", async () => {
  const { headers, text } = await shown.text("/v1/notifications/export?format=csv");
  const rows = text.split("\r\n");
  assert.equal(headers["content-type"], "text/csv; charset=utf-8; header=present");
  assert.equal(rows[0], Object.keys(NotificationEntrySchema.properties).join(","));
  assert.equal(rows.length, 1 + made + 1);
  assert.equal(rows.at(-1), "");
  const hostile = rows.find((row) => row.includes("cmd"));
  assert.ok(hostile?.includes(`,"'=cmd,""x""",`), hostile ?? text);
  const cells = ["=1", "+1", "-1", "@a", "\ta", "\ra", 'a"b', "a\nb", -1, null].map(csvCell);
  assert.deepEqual(cells, ["'=1", "'+1", "'-1", "'@a", "'\ta", `"'\ra"`, '"a""b"', '"a\nb"', "-1", ""]);
});

test("an export that is cut says so at its end, and one that just fits does not", async () => {
  const all = await everything();
  for (const [rowsMax, format] of [
    [120, "ndjson"],
    [120, "csv"],
    [made, "ndjson"],
  ] as const) {
    const deps = { database: shown.database, catalogue: () => shown.catalogue, rebuild, whyMarked: async () => [], nowMs: () => showNowMs };
    const { exportNotifications } = notificationHandlers({ ...deps, rowsMax });
    const answer = await exportNotifications({ query: { format }, caller: { key: "k", scopes: [], workspace: null } } as never);
    assert.ok(answer instanceof WithHeaders);
    let text = "";
    for await (const chunk of answer.answer as unknown as AsyncIterable<string>) text += chunk;
    const until = new Date(Date.parse(all[119]?.created_at ?? "") + 1).toISOString();
    if (rowsMax === made) assert.deepEqual(lines(text), all);
    else if (format === "ndjson") assert.deepEqual(lines(text), [...all.slice(0, 120), { cut: { rows: 120, until } }]);
    else assert.equal(text.split("\r\n").at(-2), `cut after 120 rows; go on with until=${until}${",".repeat(13)}`);
  }
});

test("whoever goes away stops the reading, and makes room for others", async () => {
  const deps = { database: shown.database, catalogue: () => shown.catalogue, rebuild, whyMarked: async () => [], nowMs: () => showNowMs };
  const { exportNotifications } = notificationHandlers(deps);
  const ask = { query: { format: "csv" }, caller: { key: "k", scopes: [], workspace: null } } as never;
  const open = await Promise.all(Array.from({ length: 4 }, () => exportNotifications(ask)));
  await assert.rejects(async () => exportNotifications(ask), { code: "limit_reached" });
  const { answer } = open[0] as unknown as { answer: { destroy(): void; once(event: string, heard: () => void): void } };
  await new Promise<void>((resolve) => {
    answer.once("close", resolve);
    answer.destroy();
  });
  assert.ok(await exportNotifications(ask));
});

test("a question with mistakes gets a problem, not a file", async () => {
  assert.equal((await shown.get("/v1/notifications/export?format=xls")).body.code, "invalid_query");
  assert.equal((await shown.get("/v1/notifications/export?format=csv&q=failed")).body.code, "invalid_query");
  assert.equal((await shown.get("/v1/notifications/export?format=csv&app=ext:nobody")).body.code, "unknown_app");
});
