// A client may send further requests before it has read an answer, and a thousand of them fit into one piece of the network.
// Each costs memory and time until it is answered, so a connection that has more than a few open is cut.
import type { Socket } from "node:net";

/** Requests of one connection that were not answered yet. */
const openMax = 16;

export class Pipelining {
  readonly #open = new WeakMap<Socket, number>();

  /** False when the connection has too many: it is cut, and what else it has sent is not looked at. */
  begin(socket: Socket): boolean {
    const open = (this.#open.get(socket) ?? 0) + 1;
    this.#open.set(socket, open);
    if (open > openMax) socket.destroy();
    return open <= openMax;
  }

  end(socket: Socket): void {
    this.#open.set(socket, Math.max(0, (this.#open.get(socket) ?? 0) - 1));
  }
}
