// Who asks in a fuzz: keys that may do everything and keys that may not, sessions of the hub, links that begin one, an
// installation's access token.
import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import type { TestProgram } from "./in-process.ts";

/** Signing out ends one, signing in uses one up. */
const sessionsMade = 2;
const linksLeft = 3;

type Headers = Readonly<Record<string, string>>;

export type FuzzCallers = {
  readonly admin: string;
  /** Of keys that may do less. */
  readonly tokens: readonly string[];
  /** As the header has it. */
  readonly cookies: readonly string[];
  readonly links: readonly string[];
  /** Of a key that may be deleted. */
  readonly keyId: string;
};

export async function makeCallers(program: TestProgram, workspace: string): Promise<FuzzCallers> {
  const make = (settings: object): Promise<{ id: string; token: string }> =>
    program.must("POST", "/v1/keys", { name: "A fuzz", ...settings });
  const all = await make({ scopes: ["admin"] });
  const bound = await make({ scopes: ["manage", "publish"], workspace_id: workspace });
  const reader = await make({ scopes: ["read"] });
  const tokens = await Promise.all(Array.from({ length: sessionsMade + linksLeft }, async () => linkToken(program)));
  const cookies = await Promise.all(tokens.slice(0, sessionsMade).map(async (token) => signIn(program, token)));
  return { admin: all.token, tokens: [bound.token, reader.token], cookies, links: tokens.slice(sessionsMade), keyId: reader.id };
}

async function linkToken(program: TestProgram): Promise<string> {
  const { url } = await program.must<{ url: string }>("POST", "/v1/sign-in-links");
  return url.split("#")[1] as string;
}

async function signIn(program: TestProgram, token: string): Promise<string> {
  const { headers } = await program.call("POST", "/v1/sessions", { token });
  return (headers.get("set-cookie") ?? "").split(";")[0] as string;
}

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const bySession = (cookie: string, site: Headers): Headers => ({ cookie, ...site });
const ownSite: Headers = { "sec-fetch-site": "same-origin" };
const otherSites: readonly Headers[] = [
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "" },
  { origin: "https://evil.example" },
  {},
];
const oddCallers: readonly Headers[] = [
  {},
  { authorization: "Bearer" },
  { authorization: "Bearer  " },
  { authorization: "Basic YTpi" },
  bearer("x".repeat(5_000)),
  { cookie: "=;;=; __proto__=1" },
];

export type Asking = {
  readonly callers: FuzzCallers;
  readonly installationToken: string;
  readonly operation: { readonly operationId: string };
};

/** Whoever may do this. */
export function rightCaller({ callers, installationToken, operation: { operationId } }: Asking): Headers {
  if (operationId === "reportHealth") return bearer(installationToken);
  if (operationId === "deleteSession") return bySession(callers.cookies[0] as string, ownSite);
  return bearer(callers.admin);
}

export function callersOf(asking: Asking): Arbitrary<Headers> {
  const { admin, tokens, cookies } = asking.callers;
  const cookie = fc.constantFrom(...cookies);
  const site = fc.oneof({ weight: 3, arbitrary: fc.constant(ownSite) }, { weight: 1, arbitrary: fc.constantFrom(...otherSites) });
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant(rightCaller(asking)) },
    { weight: 4, arbitrary: fc.tuple(cookie, site).map(([each, from]) => bySession(each, from)) },
    { weight: 1, arbitrary: fc.constantFrom(...[admin, ...tokens, asking.installationToken].map(bearer), ...oddCallers) },
  );
}
