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
  const { origin: ours, protocol } = new URL(publicUrl);
  // On plain http, under whatever name this server was reached: another site has another.
  const reached = protocol === "http:" ? `http://${header("host")}` : ours;
  return origin === ours || origin === reached ? "own" : "foreign";
}

export function crossSite(): Problem {
  return new Problem(
    "cross_site",
    "Only Bellhop's own pages may do this with a session; elsewhere send a key as `Authorization: Bearer <key>`.",
  );
}
