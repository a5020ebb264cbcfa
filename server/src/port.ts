// Which port to listen on: the one that was asked for, or the first free one from the default on.
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** Null when the port asked for is taken. */
export async function choosePort(host: string, asked: number | null, first: number, tries: number): Promise<number | null> {
  if (asked !== null) return freePort(host, asked);
  for (let port = first; port < first + tries; port++) {
    const free = await freePort(host, port);
    if (free !== null) return free;
  }
  return null;
}

/** The port if it can be listened on, any free one for 0, null when it is taken. */
export async function freePort(host: string, port: number): Promise<number | null> {
  // Whoever connects meanwhile is not for us, and must not keep the server from closing.
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(null) : reject(error)));
    server.listen(port, host, () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });
}
