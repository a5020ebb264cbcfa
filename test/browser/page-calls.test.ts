// What pages ask for is measured elsewhere from a list: here a browser opens each page and says whether the list is true.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import type { Request } from "playwright-core";
import { eventually } from "../eventually.ts";
import { useHub } from "./hub.ts";
import { callsOf, pageCalls } from "./page-calls.ts";

const hub = useHub([]);
/** So long nothing is asked for by a page that is complete. */
const quietMs = 400;

type Entry = { readonly id: string; readonly app: string; readonly event: string; readonly workspace_id: string };

test("each page that the router knows is in the list", () => {
  const router = readFileSync(new URL("../../web/src/router.tsx", import.meta.url), "utf8");
  const paths = [...router.matchAll(/path: "([^"]+)",\s+(?:validateSearch|component: lazy)/g)].map(([, path]) => shapeOf(path as string));
  assert.ok(paths.length > 15);
  const listed = new Set(pageCalls.map(({ page }) => shapeOf(page.split("?")[0] as string)));
  assert.deepEqual(
    paths.filter((path) => !listed.has(path)),
    [],
  );
});

for (const { page, calls } of pageCalls)
  test(`${page} asks for what the list says, and changes nothing`, async () => {
    const { app, id, event, workspace_id } = await newest();
    const [path] = callsOf(page, {
      one: { app, event, notification: id, workspace: workspace_id },
      every: { app: [], workspace: [] },
    });
    const expected = [...new Set(calls.map(asTemplate))].sort();
    assert.deepEqual(await askedBy(path as string), expected);
  });

const asTemplate = (call: string): string => {
  const shown = call.replaceAll("{every ", "{").replaceAll(/\{\w+_ago\}/g, "{time}");
  return shown.startsWith("/") ? `GET ${shown}` : shown;
};

/** Without the names of parameters. */
const shapeOf = (path: string): string => path.replaceAll(/\$\w+|\{\w+\}/g, "*");

async function newest(): Promise<Entry> {
  return eventually(async () => {
    const { data } = await hub.now.program.must<{ data: Entry[] }>("GET", "/v1/notifications?limit=1&topic=ticket.created");
    return data[0];
  });
}

async function askedBy(path: string): Promise<string[]> {
  const { page, program } = hub.now;
  const asked = new Set<string>();
  const open = new Set<Request>();
  let lastMs = performance.now();
  const began = (request: Request): void => {
    const { pathname, search } = new URL(request.url());
    lastMs = performance.now();
    if (!pathname.startsWith("/v1/") || request.url().indexOf(program.url) !== 0) return;
    asked.add(`${request.method()} ${templateOf(pathname + search)}`);
    if (pathname !== "/v1/stream") open.add(request);
  };
  const ended = (request: Request): void => {
    lastMs = performance.now();
    open.delete(request);
  };
  page.on("request", began).on("requestfinished", ended).on("requestfailed", ended);
  try {
    await hub.now.go(path);
    await eventually(() => (open.size === 0 && performance.now() - lastMs > quietMs ? true : null));
  } finally {
    page.off("request", began).off("requestfinished", ended).off("requestfailed", ended);
  }
  return [...asked].sort();
}

function templateOf(call: string): string {
  return call
    .replaceAll(/\bapp_[a-z0-9]+/g, "{app}")
    .replaceAll(/\bsub_[a-z0-9]+/g, "{subscription}")
    .replaceAll(/\bnotif_[a-z0-9-]+/g, "{notification}")
    .replaceAll(/\bevt_[a-z0-9-]+/g, "{event}")
    .replaceAll(/(workspaces\/|workspace_id=)[\w-]+/g, "$1{workspace}")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d%A.]+Z/g, "{time}");
}
