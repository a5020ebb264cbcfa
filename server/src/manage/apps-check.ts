// What can be wrong with an app's fields, found all at once: versions and permissions that the catalogue does not have,
// URLs that the address policy does not allow.
import type { Mistake } from "@bellhop/contract/problems";
import type { Catalogue } from "../domain/catalogue.ts";
import { Problem } from "../domain/problem.ts";

export type CheckUrl = (raw: string) => { readonly ok: true } | { readonly ok: false; readonly message: string };

export type AppFields = {
  readonly api_version?: string;
  readonly permissions?: readonly string[];
  readonly redirect_urls?: readonly string[];
  readonly uninstall_url?: string | null;
  readonly health_url?: string | null;
};

/** Only URLs are wrong: `url_refused`. Anything else is: `invalid_request`, with the URLs' mistakes too. */
export function refuseAppMistakes(catalogue: Catalogue, checkUrl: CheckUrl, fields: AppFields): void {
  const urls = urlMistakes(checkUrl, fields);
  const others = [...versionMistakes(catalogue, fields.api_version), ...permissionMistakes(catalogue, fields.permissions ?? [])];
  if (others.length > 0) throw new Problem("invalid_request", undefined, [...others, ...urls]);
  if (urls.length > 0) throw new Problem("url_refused", undefined, urls);
}

function versionMistakes(catalogue: Catalogue, version: string | undefined): Mistake[] {
  if (version === undefined || catalogue.hasVersion(version)) return [];
  return [{ pointer: "/api_version", message: `The catalogue has no version "${version}"; it has ${catalogue.versions.join(", ")}.` }];
}

function permissionMistakes(catalogue: Catalogue, permissions: readonly string[]): Mistake[] {
  const known = catalogue.permissions;
  return permissions.flatMap((permission, index) => {
    if (known.has(permission)) return [];
    const message = `The catalogue has no permission "${permission}"; it has ${[...known.keys()].join(", ")}.`;
    return [{ pointer: `/permissions/${index}`, message }];
  });
}

function urlMistakes(checkUrl: CheckUrl, { redirect_urls = [], uninstall_url, health_url }: AppFields): Mistake[] {
  const given: (readonly [string, string | null | undefined])[] = [
    ...redirect_urls.map((url, index) => [`/redirect_urls/${index}`, url] as const),
    ["/uninstall_url", uninstall_url],
    ["/health_url", health_url],
  ];
  return given.flatMap(([pointer, url]) => {
    const message = url ? refusal(checkUrl, url) : null;
    return message === null ? [] : [{ pointer, message }];
  });
}

function refusal(checkUrl: CheckUrl, url: string): string | null {
  const checked = checkUrl(url);
  if (!checked.ok) return checked.message;
  return url.includes("#") ? "The URL contains a fragment (#…), which is never sent; remove it." : null;
}
