// What a handler is: a route's name, a parsed and checked request, an answer of the route's schema. Handlers parse, call
// one function of a stage, and present; http/server.ts attaches them in one loop, and a missing one is a type error.
import type { AnswerOf, BodyOf, ParamsOf, QueryOf, Route, Scope } from "@bellhop/contract/route";
import type { Session } from "../manage/sessions.ts";

/** Whoever calls: a key with its scopes, perhaps bound to one workspace (its ref), or an account by its session. */
export type Caller = {
  readonly key: string;
  readonly scopes: readonly Scope[];
  readonly workspace: number | null;
  readonly session?: Session;
};

export type HandlerRequest<R> = {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  /** The bytes of the body, on routes with `rawBody`. */
  readonly bytes: Buffer;
  readonly contentType: string;
  header(name: string): string | undefined;
  readonly caller: Caller;
  /** For the audit: who and by which route. */
  readonly actor: { readonly key: string; readonly route: string };
};

/** An answer with a status other than the route's own (a batch of which all lines were refused). */
export class WithStatus<T> {
  readonly status: number;
  readonly answer: T;
  /** Seconds after which trying again makes sense. */
  readonly retryAfterS: number | undefined;
  constructor(status: number, answer: T, retryAfterS?: number) {
    this.status = status;
    this.answer = answer;
    this.retryAfterS = retryAfterS;
  }
}

/** An answer with headers of its own (a cookie). */
export class WithHeaders<T> {
  readonly answer: T;
  readonly headers: Readonly<Record<string, string>>;
  constructor(answer: T, headers: Readonly<Record<string, string>>) {
    this.answer = answer;
    this.headers = headers;
  }
}

export type Handler<R> = (request: HandlerRequest<R>) => Promise<AnswerOf<R> | WithStatus<AnswerOf<R>> | WithHeaders<AnswerOf<R>>>;

export type Handlers<Routes extends Record<string, Route>> = { [Name in keyof Routes]: Handler<Routes[Name]> };
