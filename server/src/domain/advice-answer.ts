// What a person can do about an answer that was not a 2xx: which status it was, what was asked, and where to look.
import type { Reason } from "@bellhop/contract/reasons";
import type { AttemptFacts } from "./advice.ts";

type Advise = (facts: AttemptFacts, asked: string) => Reason;

/** Of a redirect's target this many characters are repeated. */
const locationCharactersMax = 300;

const compareSignature =
  "Compare the signature over the raw bytes of the body, before any JSON parsing, with the app's client_secret as the key; " +
  "and check that no login and no proxy that wants one stands in front of the URL.";
const readAnswer = "Read the answer's body and the endpoint's own log; answer any 2xx once the notification is stored.";

const notAccepted: Advise = ({ status }, asked) => ({
  sentence: `The endpoint did not accept who sent the request: it answered ${status} to ${asked}.`,
  fix: compareSignature,
});

const byStatus: Readonly<Record<number, Advise>> = {
  401: notAccepted,
  403: notAccepted,
  404: (_, asked) => ({
    sentence: `The endpoint answered 404 to ${asked}: nothing is served there.`,
    fix: "Serve that path, or enter in the subscription's URL the path that is served.",
  }),
  405: (_, asked) => ({
    sentence: `The endpoint answered 405 to ${asked}: something is served there, but it does not take POST.`,
    fix: "Let that path take POST, or enter in the subscription's URL the path that does.",
  }),
  408: () => ({
    sentence: "The endpoint, or a proxy in front of it, answered 408: it gave up waiting.",
    fix: "Answer first and do the work afterwards, and look for a proxy with a shorter time limit.",
  }),
  413: ({ bodyBytes }) => ({
    sentence: `The endpoint answered 413: the body was too large for it${bodyBytes === null ? "" : `; ${bytes(bodyBytes)} were sent`}.`,
    fix: "Raise the limit for the size of a request in the endpoint, and in any proxy in front of it.",
  }),
  415: (_, asked) => ({
    sentence: `The endpoint answered 415 to ${asked}: it does not take JSON there.`,
    fix: "Let that path take bodies of the type application/json.",
  }),
};

const behindProxy = new Set([502, 504]);

export function adviseStatus(facts: AttemptFacts): Reason {
  const status = facts.status ?? 0;
  const path = facts.url === null ? null : URL.parse(facts.url)?.pathname;
  const asked = path ? `POST ${path}` : "POST";
  const known = byStatus[status];
  if (known) return known(facts, asked);
  if (status >= 400 && status < 500) return { sentence: `The endpoint refused ${asked} with ${status}.`, fix: readAnswer };
  if (status >= 500 && status < 600) return failedInside(status, asked, facts.at);
  return {
    sentence: `The endpoint answered ${status}, which no HTTP status means.`,
    fix: "Answer any 2xx once the notification is stored.",
  };
}

function failedInside(status: number, asked: string, at: string): Reason {
  const fix = `Look in the endpoint's own log at ${at} for what went wrong.`;
  if (!behindProxy.has(status)) return { sentence: `The endpoint failed at ${asked} with ${status}.`, fix };
  return {
    sentence: `A proxy in front of the endpoint answered ${status} to ${asked}: what is behind it gave no usable answer.`,
    fix: `Check that the program behind the proxy runs, and look in both logs at ${at}.`,
  };
}

/** A relative target is one of the URL that was asked. */
export function adviseRedirect({ status, location, url }: AttemptFacts): Reason {
  const answered = `The endpoint answered ${status}`;
  const never = "redirects are never followed";
  if (location === null)
    return {
      sentence: `${answered}, a redirect that does not say where to; ${never}.`,
      fix: "Serve the path of the subscription's URL itself, or enter the final URL.",
    };
  const target = shortened(location);
  const final = target === location ? absolute(target, url) : "the URL that the answer's Location header names";
  const fix = `Enter ${final} as the subscription's URL, if that is where notifications are taken.`;
  return { sentence: `${answered} and pointed to ${target}; ${never}.`, fix };
}

export function shortened(location: string): string {
  return location.length <= locationCharactersMax ? location : `${location.slice(0, locationCharactersMax)}…`;
}

function absolute(target: string, url: string | null): string {
  return URL.parse(target, url ?? undefined)?.href ?? target;
}

function bytes(count: number): string {
  return `${count.toLocaleString("en-US")} bytes`;
}
