// Ports for servers that tests start, stop and start again. Those that the system gives out are also those of outgoing
// connections: between the choice and the start, or between two starts, such a connection may take it.
import { freePort } from "../server/src/port.ts";

const [first, count] = [10_000, 20_000];

/** Free at the moment, and not among those that the system gives to others. */
export async function testPort(): Promise<number> {
  for (;;) {
    const port = await freePort("127.0.0.1", first + Math.floor(Math.random() * count));
    if (port !== null) return port;
  }
}
