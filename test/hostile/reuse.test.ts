// Connections that are used again: no answer that nobody asked for is ever taken for the answer to a later request or to
// somebody else's, and a connection that ends as it is used again costs at most that one attempt.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { eventually } from "../eventually.ts";
import type { Answer, Exchange } from "../../server/src/deliver/answer.ts";
import { punctually } from "./punctual.ts";
import { answers, answerText, bareOf, cut, reset, startReceiver } from "./receiver.ts";
import type { Behaviour, Receiver } from "./receiver.ts";
import { told } from "./row.ts";
import { exchangeTo, localSender } from "./sending.ts";

const forged = answerText(200, ["x-forged: 1"]);
const DEADLINE_MS = 5_000;

const sender = localSender();
after(() => sender.close());

let pools = 0;

/** Both transports, each with a receiver and a pool of its own. */
function overBoth(
  name: string,
  behaviour: () => Behaviour,
  test: (receiver: Receiver, send: (changes?: Partial<Exchange>) => Promise<Answer>) => Promise<void>,
): void {
  for (const over of ["http", "https"] as const) {
    it(`${name} (${over})`, async () => {
      const receiver = await startReceiver(behaviour(), over === "http" ? {} : { certificate: "good" });
      const pool = `reuse_${++pools}`;
      const exchange = exchangeTo(receiver.url, { pool, connections: 1, timeoutMs: DEADLINE_MS });
      try {
        await test(receiver, (changes = {}) => punctually(DEADLINE_MS, () => sender.send({ ...exchange, ...changes })));
      } finally {
        await receiver.close();
      }
    });
  }
}

/** Answers the first request of the first connection and then does this with it; everything later is answered 404. */
function once(does: (socket: Parameters<Behaviour>[0]) => void): () => Behaviour {
  return () => {
    let asked = 0;
    return (socket) => {
      asked += 1;
      if (asked === 1) socket.write(answerText(500), () => does(socket));
      else socket.write(answerText(404));
    };
  };
}

describe("an answer that nobody asked for", () => {
  overBoth(
    "in one piece with the one that was",
    () =>
      (socket, { connection }) =>
        socket.write(connection === 1 ? answerText(500) + forged : answerText(404)),
    async (receiver, send) => {
      assert.equal(told(await send()), "status 500");
      assert.equal(told(await send()), "status 404");
      assert.equal(receiver.connections(), 2);
    },
  );

  for (const [name, text] of [
    ["a whole one", forged],
    ["half of one", forged.slice(0, 20)],
    ["one byte of one", "H"],
    ["one line end", "\r\n"],
    ["an early hint", "HTTP/1.1 103 X\r\n\r\n"],
    ["noise", "\0\0\0"],
  ] as const) {
    overBoth(
      `pushed on an idle connection: ${name}`,
      once((socket) => setImmediate(() => socket.write(text))),
      async (receiver, send) => {
        assert.equal(told(await send()), "status 500");
        // An empty line between two answers is no answer, and a connection with one may be used again.
        if (text !== "\r\n") await eventually(() => receiver.open() === 0 || null);
        assert.equal(told(await send()), "status 404");
      },
    );
  }

  overBoth(
    "pushed just as the next request is written is at worst the endpoint's own word for that one",
    once((socket) => socket.write(forged)),
    async (receiver, send) => {
      assert.equal(told(await send()), "status 500");
      // Nobody can tell an answer that is a little early from one that is a little late.
      assert.match(told(await send()), /^(delivered 200|status 404|closed_early)$/);
      await eventually(() => receiver.connections() > 1 || receiver.open() === 0 || null);
      assert.equal(told(await send()), "status 404");
    },
  );

  overBoth(
    "never is the answer to another subscription's request at the same place",
    () =>
      (socket, { headers }) => {
        if (headers.get("x-who") === "victim") socket.write(answerText(503));
        else socket.write(forged, () => setImmediate(() => socket.write(forged)));
      },
    async (receiver, send) => {
      const from = (who: string): Promise<Answer> => send({ pool: `${who} of ${receiver.url}`, connections: 2, headers: ["x-who", who] });
      const sent = await Promise.all(Array.from({ length: 200 }, (_, n) => from(n % 2 === 0 ? "victim" : "attacker")));
      const victims = sent.filter((_, n) => n % 2 === 0).map(told);
      assert.deepEqual([...new Set(victims)], ["status 503"]);
      const callers = Object.groupBy(receiver.requests, ({ connection }) => connection);
      for (const requests of Object.values(callers)) assert.equal(new Set(requests?.map(({ headers }) => headers.get("x-who"))).size, 1);
    },
  );
});

describe("a connection that ends as it is used again", () => {
  for (const [name, end] of [
    ["with a FIN", (socket) => bareOf(socket).end()],
    ["with a farewell", (socket) => socket.end()],
    ["cut", cut],
    ["with a RST", reset],
  ] as const satisfies readonly (readonly [string, (socket: Parameters<Behaviour>[0]) => void])[]) {
    overBoth(
      `costs that attempt at most, and it is made once: ${name}`,
      () => (socket) => {
        socket.write(answerText(200), () => setImmediate(end, socket));
      },
      async (receiver, send) => {
        const answered: string[] = [];
        for (let sent = 0; sent < 20; sent += 1) answered.push(told(await send()));
        assert.ok(
          answered.every((one) => one === "delivered 200" || one === "closed_early"),
          answered.join(", "),
        );
        const delivered = answered.filter((one) => one === "delivered 200").length;
        assert.ok(
          delivered > 0 && receiver.requests.length >= delivered && receiver.requests.length <= 20,
          `${receiver.requests.length} requests`,
        );
      },
    );
  }

  overBoth(
    "or without an answer to the second request",
    () =>
      (socket, { connection }) => {
        if (connection === 1 && socket.bytesWritten > 0) socket.end();
        else socket.write(answerText(200));
      },
    async (_receiver, send) => {
      const answered = [told(await send())];
      answered.push(told(await send()), told(await send()));
      assert.ok(answered[0] === "delivered 200" && answered[2] === "delivered 200", answered.join(", "));
    },
  );

  overBoth(
    "long before costs nothing",
    () => (socket) => socket.write(answerText(200), () => socket.end()),
    async (receiver, send) => {
      for (let sent = 0; sent < 3; sent += 1) {
        assert.equal(told(await send()), "delivered 200");
        await eventually(() => receiver.open() === 0 || null);
      }
    },
  );

  overBoth(
    "and one that is kept is used again",
    () => answers(200),
    async (receiver, send) => {
      for (let sent = 0; sent < 5; sent += 1) assert.equal(told(await send()), "delivered 200");
      assert.equal(receiver.connections(), 1);
    },
  );
});
