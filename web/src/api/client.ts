// The one way to the server: a route's name and its input, as the contract has them. The hub has no other door.
import { routeList } from "virtual:bellhop-routes";
import type { Mistake } from "@bellhop/contract/problems";
import type { AnswerOf, BodyOf, ParamsOf, QueryOf } from "@bellhop/contract/route";
import type { routes } from "@bellhop/contract/routes";

export type Routes = typeof routes;
export type RouteName = keyof Routes;
export type Answer<N extends RouteName> = AnswerOf<Routes[N]>;
export type Body<N extends RouteName> = BodyOf<Routes[N]>;

/** What of it a route does not take is left out. */
export type Input<N extends RouteName> = {
  readonly params?: ParamsOf<Routes[N]>;
  readonly query?: QueryOf<Routes[N]>;
  readonly body?: BodyOf<Routes[N]>;
};

/** An answer that says no. `status` 0: there was no answer. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly mistakes: readonly Mistake[];
  readonly requestId: string | null;

  constructor(status: number, document: ProblemDocument) {
    // Back quotes are for those who read it in a terminal.
    super((document.detail ?? document.title ?? "The request failed.").replaceAll("`", ""));
    this.status = status;
    this.code = document.code ?? "unknown";
    this.title = document.title ?? "The request failed";
    this.mistakes = document.errors ?? [];
    this.requestId = document.request_id ?? null;
  }

  /** What is wrong with one field, by its JSON pointer. */
  at(pointer: string): string | undefined {
    return this.mistakes.find((mistake) => mistake.pointer === pointer || mistake.pointer.startsWith(`${pointer}/`))?.message;
  }
}

type ProblemDocument = { title?: string; detail?: string; code?: string; errors?: Mistake[]; request_id?: string };

const noAnswer: ProblemDocument = {
  code: "unreachable",
  title: "Bellhop does not answer",
  detail: "The server cannot be reached. Is it running?",
};

export async function call<N extends RouteName>(name: N, input: Input<N> = {}, signal?: AbortSignal): Promise<Answer<N>> {
  const response = await open(name, input, signal);
  return (response.status === 204 ? undefined : await response.json()) as Answer<N>;
}

/** The answer before its body is read, for what is longer than a page. */
export async function open<N extends RouteName>(name: N, input: Input<N> = {}, signal?: AbortSignal): Promise<Response> {
  const [method] = routeList[name] as readonly [string, string];
  const body = input.body === undefined ? {} : { body: JSON.stringify(input.body), headers: { "content-type": "application/json" } };
  const request = { method, ...body, ...(signal ? { signal } : {}) };
  const response = await fetch(urlOf(name, input), request).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, noAnswer);
  });
  if (!response.ok) throw new ApiProblem(response.status, await documentOf(response));
  return response;
}

export function urlOf<N extends RouteName>(name: N, { params, query }: Input<N> = {}): string {
  const [, path] = routeList[name] as readonly [string, string];
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String((params as Record<string, unknown>)[key])));
  const asked = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(asked.map(([key, value]) => [key, String(value)])).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

/** What the server says of a missing key, for those who have none but a session. */
const sessionEnded: ProblemDocument = {
  title: "Your session has ended",
  detail: "Sign in again by a new link, in another tab; what you typed here stays.",
};

async function documentOf(response: Response): Promise<ProblemDocument> {
  return response.json().then(
    (document: ProblemDocument) => (document.code === "unauthorized" ? { ...document, ...sessionEnded } : document),
    () => ({ title: `The server answered ${response.status}` }),
  );
}
