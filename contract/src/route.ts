// A route is data: the server attaches a handler to each, OpenAPI is generated from the same list, and nothing else exists.
import type { Static, TSchema } from "typebox";
import type { ProblemCode } from "./problems.ts";

/** What a key may do. `admin` may do everything; `public` routes take no key. */
export type Scope = "publish" | "read" | "manage" | "metrics" | "admin" | "public";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type Route<
  Params extends TSchema = TSchema,
  Query extends TSchema = TSchema,
  Body extends TSchema = TSchema,
  Answer extends TSchema = TSchema,
> = {
  readonly method: Method;
  /** Path with parameters in braces, e.g. `/v1/apps/{id}`. */
  readonly path: string;
  readonly scope: Scope;
  readonly tag: string;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The body is handed to the handler as bytes; the handler reads and checks it itself (publishing). */
  readonly rawBody?: boolean;
  /** Where less is taken than of a batch of events. */
  readonly bodyBytesMax?: number;
  readonly answer: { readonly status: 200 | 201 | 202 | 204; readonly schema?: Answer };
  /** The errors a caller should expect beyond those that any such route has (route-problems.ts). */
  readonly problems?: readonly ProblemCode[];
};

/** Keeps the schemas' types, so that a handler's request and answer follow from its route. */
export function route<P extends TSchema, Q extends TSchema, B extends TSchema, A extends TSchema>(
  definition: Route<P, Q, B, A>,
): Route<P, Q, B, A> {
  return definition;
}

export type ParamsOf<R> = R extends Route<infer P> ? Static<P> : never;
export type QueryOf<R> = R extends Route<TSchema, infer Q> ? Static<Q> : never;
export type BodyOf<R> = R extends Route<TSchema, TSchema, infer B> ? Static<B> : never;
export type AnswerOf<R> = R extends Route<TSchema, TSchema, TSchema, infer A> ? Static<A> : never;
