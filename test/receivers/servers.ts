// Three receivers as somebody would write them who knows only the README of a package: x-hub-signature and
// express-x-hub for `X-Hub-Signature`, standardwebhooks for `webhook-signature`. Nothing here is adapted to Bellhop.
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import type { Application, Request, Response } from "express";
import xhub from "express-x-hub";
import { Webhook } from "standardwebhooks";
import XHubSignature from "x-hub-signature";

/** `verified` are the bodies taken, parsed, in order of arrival; `refused` counts what was answered with 401. */
export type Receiver = {
  readonly url: string;
  readonly verified: readonly unknown[];
  readonly refused: number;
  close(): Promise<void>;
};

type Ledger = { verified: unknown[]; refused: number };

/** x-hub-signature, with the raw body from Express's own JSON parser. `secret`: the app's client secret. */
export function startXHubSignature(secret: string): Promise<Receiver> {
  const x = new XHubSignature("sha1", secret);
  const raw = new WeakMap<Request, Buffer>();
  const ledger = newLedger();
  const app = express();
  app.use(express.json({ verify: (request, _response, body) => raw.set(request, body) }));
  app.post("/webhook", (request, response) => {
    const isValid = x.verify(request.get("X-Hub-Signature") ?? "", raw.get(request) ?? "");
    settle(ledger, response, isValid, request.body);
  });
  return listen(app, ledger);
}

/** express-x-hub before the body parser, which it replaces for signed requests. `secret`: the app's client secret. */
export function startExpressXHub(secret: string): Promise<Receiver> {
  const ledger = newLedger();
  const app = express();
  app.use(xhub({ algorithm: "sha1", secret }));
  app.use(express.json());
  app.post("/webhook", (request, response) => {
    settle(ledger, response, request.isXHub === true && request.isXHubValid?.() === true, request.body);
  });
  return listen(app, ledger);
}

/** standardwebhooks over the text of the body. `secret`: `whsec_…` as the settings show it. */
export function startStandardWebhooks(secret: string): Promise<Receiver> {
  const wh = new Webhook(secret);
  const ledger = newLedger();
  const app = express();
  app.use(express.text({ type: "application/json" }));
  app.post("/webhook", (request, response) => {
    const body = verifiedBody(wh, request);
    settle(ledger, response, body !== null, body);
  });
  return listen(app, ledger);
}

function verifiedBody(wh: Webhook, request: Request): unknown {
  try {
    return wh.verify(String(request.body), request.headers as Record<string, string>);
  } catch {
    return null;
  }
}

function newLedger(): Ledger {
  return { verified: [], refused: 0 };
}

function settle(ledger: Ledger, response: Response, isValid: boolean, body: unknown): void {
  if (isValid) ledger.verified.push(body);
  else ledger.refused++;
  response.sendStatus(isValid ? 200 : 401);
}

async function listen(app: Application, ledger: Ledger): Promise<Receiver> {
  const server = await new Promise<Server>((resolve) => {
    const starting = app.listen(0, "127.0.0.1", () => resolve(starting));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhook`,
    verified: ledger.verified,
    get refused() {
      return ledger.refused;
    },
    close: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
