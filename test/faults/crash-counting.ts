// A receiver of what is no notification: health checks, daily pings, the news of an uninstall.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Scene } from "./crash-scene.ts";

export type Counting = { readonly url: string; readonly count: () => number };

/** Answers 200 and counts. */
export async function startCounting(scene: Scene): Promise<Counting> {
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    request.resume();
    response.end(`{"state":"ok"}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  scene.lane.t.after(() => server.closeAllConnections());
  scene.lane.t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count };
}
