// The shapes that the receivers' packages document; they bring no declarations of their own.

declare module "x-hub-signature" {
  export default class XHubSignature {
    constructor(algorithm: string, secret: string);
    sign(requestBody: string | Buffer): string;
    verify(expectedSignature: string, requestBody: string | Buffer): boolean;
  }
}

declare module "express-x-hub" {
  import type { Handler } from "express";
  export default function xhub(options: { algorithm?: string; secret: string; limit?: string }): Handler;
}

declare module "express" {
  import type { IncomingMessage, Server, ServerResponse } from "node:http";
  export interface Request extends IncomingMessage {
    body: unknown;
    get(name: string): string | undefined;
    isXHub?: boolean;
    isXHubValid?(): boolean;
  }
  export interface Response extends ServerResponse {
    sendStatus(status: number): this;
  }
  export type Handler = (request: Request, response: Response, next: (error?: unknown) => void) => void;
  export interface Application {
    use(handler: Handler): this;
    post(path: string, ...handlers: Handler[]): this;
    listen(port: number, host: string, ready: () => void): Server;
  }
  type ParserOptions = {
    type?: string;
    limit?: string;
    verify?: (request: Request, response: Response, raw: Buffer) => void;
  };
  interface Express {
    (): Application;
    json(options?: ParserOptions): Handler;
    raw(options?: ParserOptions): Handler;
    text(options?: ParserOptions): Handler;
  }
  const express: Express;
  export default express;
}
