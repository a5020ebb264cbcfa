// Sends a notification as Bellhop does: the same body, both signatures, the same time to answer.
import { createSecretKey } from "node:crypto";
import { Agent } from "undici";
import { envelope } from "../../server/src/deliver/envelope.ts";
import { hubHeader, hubSignature, webhookSignature } from "../../server/src/deliver/sign.ts";
import type { AttemptLog } from "./attempt-log.ts";
import { signingSecret } from "./queue.ts";
import type { Deliver, Job } from "./queue.ts";

export type Subscription = { readonly origin: string; readonly path: string };

const timeoutMs = 15_000;
/** To one origin. */
const connectionsMax = 64;
const keepAliveMs = 60_000;

const key = createSecretKey(Buffer.from(signingSecret));

export function createDeliver(subscriptions: readonly Subscription[], log: AttemptLog): Deliver {
  const timeouts = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, keepAliveTimeout: keepAliveMs };
  const agent = new Agent({ connections: connectionsMax, ...timeouts });
  return async (job, attempt) => {
    const at = new Date();
    const startedMs = performance.now();
    const { status, failure } = await post(agent, subscriptions[job.subscription] as Subscription, job, attempt);
    const totalUs = Math.round((performance.now() - startedMs) * 1_000);
    log.add({ notification: job.id, subscription: job.subscription, attempt, at, status, failure, totalUs });
    return status !== null && status >= 200 && status < 300;
  };
}

type Answer = { readonly status: number | null; readonly failure: string | null };

async function post(agent: Agent, { origin, path }: Subscription, job: Job, attempt: number): Promise<Answer> {
  const [headers, body] = request(job, attempt);
  try {
    const answer = await agent.request({ origin, path, method: "POST", headers, body });
    await answer.body.dump();
    return { status: answer.statusCode, failure: null };
  } catch (error) {
    return { status: null, failure: (error as NodeJS.ErrnoException).code ?? "unknown" };
  }
}

function request({ id, workspace, topic, item, createdAt }: Job, attempt: number): [string[], Buffer] {
  const seconds = Math.floor(Date.now() / 1_000);
  const text = envelope({
    appId: workspace,
    item: JSON.stringify(item),
    id: `notif_${id}`,
    topic,
    deliveryStatus: attempt === 1 ? "pending" : "retry",
    deliveryAttempts: attempt,
    firstSentAt: attempt === 1 ? seconds : createdAt,
    createdAt,
  });
  const body = Buffer.from(text);
  const headers = ["content-type", "application/json", "user-agent", "bench", "x-hub-signature", hubHeader(hubSignature(key, body))];
  headers.push("webhook-id", `notif_${id}`, "webhook-timestamp", String(seconds));
  headers.push("webhook-signature", `v1,${webhookSignature(key, `notif_${id}`, seconds, body).toString("base64")}`);
  return [headers, body];
}
