// Refuses most notifications, and asks to be tried again much later.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { destinationHost } from "../destination.ts";
import { answerQuestions } from "../worker.ts";

export type Failing = {
  readonly destinations: number;
  readonly retryAfterS: number;
  /** Each destination takes one request in so many. */
  readonly takesOneIn: number;
};
export type Counted = { readonly answered: number; readonly failed: number };

let answered = 0;
let failed = 0;

/** One host for each destination, at one port. */
async function listen({ destinations, retryAfterS, takesOneIn }: Failing): Promise<number> {
  let port = 0;
  for (let number = 0; number < destinations; number++) {
    let heard = 0;
    const server = createServer((request, response) => {
      const isTaken = ++heard % takesOneIn === 0;
      request.resume().on("end", () => {
        answered++;
        if (!isTaken) failed++;
        response.writeHead(isTaken ? 200 : 503, { "content-length": "0", ...(!isTaken && { "retry-after": String(retryAfterS) }) }).end();
      });
    });
    server.listen(port, destinationHost(number));
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  }
  return port;
}

answerQuestions({ listen, read: (): Counted => ({ answered, failed }) });
