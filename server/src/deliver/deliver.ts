// One attempt, in three calls: write and sign the request, send it, say what the answer means. The database is not known
// here; what the log needs goes back to the caller.
import type { AttemptFailure } from "@bellhop/contract/reasons";
import type { Catalogue } from "../domain/catalogue.ts";
import { itemForVersion } from "../domain/older-item.ts";
import type { Topic } from "@bellhop/contract/catalogue";
import { parseRetryAfter } from "./answer-retry-after.ts";
import type { Answer, Exchange } from "./answer.ts";
import { prepare } from "./request.ts";
import type { RetryReason } from "./request.ts";
import { signingKeys } from "./target.ts";
import type { KeyCache, Secret, SignedSubscription } from "./target.ts";

/** Bytes of an answer's body that are kept: of a failure or a replay, and of an ordinary success. */
const keptOnFailureBytes = 4_096;
const keptOnSuccessBytes = 256;

type Item = {
  item: string;
  topic: string;
  createdAtS: number;
  traceparent: string | null;
  readonly shapes: { version: string; text: string }[];
};

type AttemptRequest = {
  work: {
    id: string;
    topic: string;
    apiVersion: string;
    retryReason: string | null;
    progress: { requests: number; firstSentAtMs: number | null };
  };
  item: Item;
  workspace: { id: string };
  app: { secrets: readonly Secret[] };
  subscription: SignedSubscription & { id: string; url: string; headers: readonly (readonly [string, string])[]; revision: number };
};

/** How long and over how many connections a subscription is sent to. */
export type Limits = { timeoutMs: number; connections: number };

export type DeliverPorts = {
  readonly send: (exchange: Exchange) => Promise<Answer>;
  readonly userAgent: string;
  readonly catalogue: () => Catalogue;
  readonly nowMs: () => number;
};

export type Delivered = {
  sentAtMs: number;
  answered: { failure: AttemptFailure | null; status: number | null; retryAfterMs: number | null };
  attempt: {
    status: number | null;
    dnsUs: number | null;
    connectUs: number | null;
    tlsUs: number | null;
    firstByteUs: number | null;
    totalUs: number | null;
    address: string | null;
    detail: string | null;
    revision: number;
    signatures: Buffer;
    bodySha256: Buffer;
    answerHeaders: string | null;
    answerBody: Buffer | null;
  };
};

export function createDeliver(ports: DeliverPorts): (request: AttemptRequest, limits: Limits) => Promise<Delivered> {
  const keys: KeyCache = new WeakMap();
  return async (request, limits) => {
    const { work, subscription, app } = request;
    const sentAtMs = ports.nowMs();
    const target = {
      ...signingKeys(keys, subscription, app.secrets, sentAtMs),
      url: subscription.url,
      userAgent: ports.userAgent,
      headers: subscription.headers,
    };
    const prepared = prepare(notificationFacts(request, ports.catalogue()), target, {
      number: work.progress.requests + 1,
      firstSentAt: Math.floor((work.progress.firstSentAtMs ?? sentAtMs) / 1000),
      atSeconds: Math.floor(sentAtMs / 1000),
      retryReason: work.retryReason as RetryReason | null,
    });
    const answer = await ports.send({
      pool: subscription.id,
      connections: limits.connections,
      method: "POST",
      url: prepared.url,
      headers: prepared.headers,
      body: prepared.body,
      timeoutMs: limits.timeoutMs,
    });
    const { failure, status } = answer;
    const retryAfterS = parseRetryAfter(answer.retryAfter, ports.nowMs());
    const facts = { revision: subscription.revision, signatures: prepared.signatures, bodySha256: prepared.bodySha256 };
    return {
      sentAtMs,
      answered: { failure, status, retryAfterMs: retryAfterS === null ? null : retryAfterS * 1000 },
      attempt: { ...facts, ...keptOf(answer, work.retryReason === "replay") },
    };
  };
}

function notificationFacts({ work, item, workspace }: AttemptRequest, catalogue: Catalogue): Parameters<typeof prepare>[0] {
  const shaped = item.shapes.find(({ version }) => version === work.apiVersion)?.text ?? shape(item, work.apiVersion, catalogue);
  const { createdAtS: createdAt, traceparent } = item;
  return { id: work.id, workspaceId: workspace.id, item: shaped, topic: work.topic, createdAt, traceparent };
}

/** Made once per version, not once per subscription. */
function shape(item: Item, version: string, catalogue: Catalogue): string {
  const topic: Topic | null = catalogue.topicNamed(item.topic);
  const shaped = topic && catalogue.hasVersion(version) ? itemForVersion(item.item, topic, version, catalogue) : item.item;
  item.shapes.push({ version, text: shaped });
  return shaped;
}

function keptOf(answer: Answer, replay: boolean): Omit<Delivered["attempt"], "revision" | "signatures" | "bodySha256"> {
  const whole = answer.failure !== null || replay;
  const { status, dnsUs, connectUs, tlsUs, firstByteUs, totalUs, address, detail } = answer;
  const body = answer.body.subarray(0, whole ? keptOnFailureBytes : keptOnSuccessBytes);
  return {
    status,
    dnsUs,
    connectUs,
    tlsUs,
    firstByteUs,
    totalUs,
    address,
    detail,
    answerHeaders: whole && answer.headers.length > 0 ? JSON.stringify(answer.headers) : null,
    answerBody: body.length > 0 ? Buffer.from(body) : null,
  };
}
