// Refuses every notification, and asks to be tried again much later.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { destinationHost } from "../destination.ts";
import { answerQuestions } from "../worker.ts";

export type Failing = { readonly destinations: number; readonly retryAfterS: number };

let failed = 0;

/** One host for each destination, at one port. */
async function listen({ destinations, retryAfterS }: Failing): Promise<number> {
  let port = 0;
  for (let number = 0; number < destinations; number++) {
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        failed++;
        response.writeHead(503, { "retry-after": String(retryAfterS), "content-length": "0" }).end();
      });
    });
    server.listen(port, destinationHost(number));
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  }
  return port;
}

answerQuestions({ listen, failed: () => failed });
