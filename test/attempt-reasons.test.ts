// Each way in which an attempt can fail, through the door: a receiver that is mean in one way, a published event, and what its
// owner then reads of the attempt: the reason, and what to do.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import type { Attempt } from "@bellhop/contract/notifications";
import { attemptFailed } from "@bellhop/contract/reasons";
import type { AttemptFailure } from "@bellhop/contract/reasons";
import { createSeal } from "../server/src/store/seal.ts";
import { freePort } from "../server/src/port.ts";
import { eventually } from "./eventually.ts";
import { answers, startReceiver, writes } from "./hostile/receiver.ts";
import type { Behaviour, ReceiverOptions } from "./hostile/receiver.ts";
import { encryptionKey, startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";

type Case = {
  readonly behaviour: Behaviour | null;
  /** Of a subscription as it was stored when other rules held, or by a bug: no save would let it through. */
  readonly stored?: (subscription: string) => Stored;
  readonly options?: ReceiverOptions;
  readonly reason: AttemptFailure;
  readonly says: RegExp;
  readonly fix: RegExp;
};

type Stored = { readonly url?: string; readonly headers?: Buffer };

const hangsUp: Behaviour = (socket) => socket.destroy();

const cases: Record<string, Case> = {
  "asks who it is": { behaviour: answers(401), reason: "status", says: /answered 401 to POST \/in\.$/, fix: /raw bytes.*client_secret/ },
  "serves nothing there": { behaviour: answers(404), reason: "status", says: /answered 404 to POST \/in:/, fix: /path that is served/ },
  "takes no POST": { behaviour: answers(405), reason: "status", says: /answered 405 to POST \/in:/, fix: /take POST/ },
  "finds it too large": { behaviour: answers(413), reason: "status", says: /; [1-9]\d{2} bytes were sent\.$/, fix: /Raise the limit/ },
  fails: { behaviour: answers(500), reason: "status", says: /failed at POST \/in with 500/, fix: /own log at 20\d\d-\d\d-\d\dT/ },
  "points elsewhere": {
    behaviour: answers(301, ["location: /moved"]),
    reason: "redirect_refused",
    says: /answered 301 and pointed to \/moved;/,
    fix: /^Enter http:\/\/localhost:\d+\/moved as/,
  },
  "wants it slower": { behaviour: answers(429), reason: "throttled", says: /429/, fix: /max_in_flight/ },
  "is gone": { behaviour: answers(410), reason: "gone", says: /410 Gone/, fix: /set the subscription live/ },
  "is not there": { behaviour: null, reason: "connect", says: /nothing listens on that port\.$/, fix: /^Start the endpoint/ },
  "has a certificate that nobody trusts": {
    behaviour: answers(200),
    options: { certificate: "self-signed" },
    reason: "tls",
    says: /self-signed\. It is for localhost, .*, issued by localhost, valid until 2120-01-01T00:00:00\.000Z\.$/,
    fix: /publicly trusted authority/,
  },
  "never answers": {
    behaviour: () => undefined,
    reason: "timeout",
    says: /The request was sent, but no complete answer came within 1 s\.$/,
    fix: /^Answer first/,
  },
  "hangs up": { behaviour: hangsUp, reason: "closed_early", says: /closed the connection before/, fix: /crash/ },
  "speaks something else": {
    behaviour: writes("220 mail.example ESMTP\r\n"),
    reason: "invalid_answer",
    says: /not valid HTTP/,
    fix: /listens/,
  },
  "has a name that nobody knows": {
    behaviour: null,
    stored: () => ({ url: "https://hooks.nobody-has-this-name.com/in" }),
    reason: "dns",
    says: /does not exist/,
    fix: /DNS records|host name/,
  },
  "is in a private network": {
    behaviour: null,
    stored: () => ({ url: "https://10.1.2.3/in" }),
    reason: "address_refused",
    says: /not public/,
    fix: /public address/,
  },
  "wants a header that cannot be written": {
    behaviour: answers(200),
    stored: (id) => ({ headers: createSeal(encryptionKey).seal(JSON.stringify({ "X-Bad": "a\nb" }), `headers:${id}`) }),
    reason: "internal",
    says: /Bellhop itself failed/,
    fix: /operator/,
  },
};

/** Publishes one event to the URL and gives its first attempt, with the notification's cause. */
async function attemptAt(program: TestProgram, url: string, stored: Case["stored"]): Promise<{ attempt: Attempt; cause: unknown }> {
  const settings = { policy: { waits_s: [3_600] }, timeout_ms: 1_000 };
  const { workspace, subscription } = await program.makeInstalled({ topics: ["ticket.created"], settings, url });
  if (stored) await store(program, subscription, stored(subscription));
  const { id: event } = await program.publish({ workspace_id: workspace, topic: "ticket.created", item: { type: "ticket", id: "5" } });
  const id = await program.notificationOf(event);
  const attempt = await eventually(
    async () => (await program.must<{ data: Attempt[] }>("GET", `/v1/notifications/${id}/attempts`)).data[0] ?? null,
  );
  return { attempt, cause: (await program.must("GET", `/v1/notifications/${id}`))["cause"] };
}

async function store(
  program: TestProgram,
  subscription: string,
  { url = null, headers = null }: Partial<Record<keyof Stored, string | Buffer | null>>,
): Promise<void> {
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  await client.query(
    `with raised as (update control_version set version = version + 1 returning version)
     update subscription set url = coalesce($1, url), sealed_headers = coalesce($2, sealed_headers), version = raised.version from raised where id = $3`,
    [url, headers, subscription],
  );
  await client.end();
}

test("a failed attempt says why, and what its receiver's owner can do", async (t) => {
  const program = await startTestProgram(t);
  for (const [what, { behaviour, options = {}, stored, reason, says, fix }] of Object.entries(cases)) {
    await t.test(`when the receiver ${what}`, async () => {
      const receiver = behaviour && (await startReceiver(behaviour, options));
      try {
        const url = receiver?.url ?? `http://localhost:${await freePort("127.0.0.1", 0)}/in`;
        const { attempt, cause } = await attemptAt(program, url, stored);
        assert.equal(attempt.failure?.reason, reason);
        assert.match(attempt.advice?.sentence ?? "", says);
        assert.match(attempt.advice?.fix ?? "", fix);
        if (reason !== "gone" && reason !== "throttled") assert.deepEqual(cause, attempt.advice);
      } finally {
        await receiver?.close();
      }
    });
  }
  const reached = new Set(Object.values(cases).map(({ reason }) => reason));
  assert.deepEqual([...reached].toSorted(), Object.keys(attemptFailed).toSorted(), "every reason is brought about");
});
