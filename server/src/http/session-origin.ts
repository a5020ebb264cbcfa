// Whether a request comes from our own pages. A browser sends the cookie by itself, so what a cookie asks for must be asked by
// us: browsers say so in Sec-Fetch-Site, and where that is missing (plain http beyond this machine) in Origin.
import { Problem } from "../domain/problem.ts";

export type FromHeaders = (name: "sec-fetch-site" | "origin" | "host") => string | undefined;

/** `unknown`: no browser says anything, as from a program. */
export type Site = "own" | "foreign" | "unknown";

export function siteOf(header: FromHeaders, publicUrl: string): Site {
  const site = header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin" ? "own" : "foreign";
  const origin = header("origin");
  if (origin === undefined) return "unknown";
  return origin === new URL(publicUrl).origin || hostOf(origin) === header("host") ? "own" : "foreign";
}

/** Under whatever name this server was reached: another site has another. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host || null : null;
}

export function crossSite(): Problem {
  return new Problem(
    "cross_site",
    "Only Bellhop's own pages may do this with a session; elsewhere send a key as `Authorization: Bearer <key>`.",
  );
}
