// The host that a brake names and the host of a subscription's URL, spelt alike: as a URL's parser spells it (lower case,
// international names in ASCII), without port, without the root's dot, and without the brackets of an IPv6 address.

/** Of a URL that was checked when it was saved. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$|\.$/g, "");
}

const isAddress = /^[0-9a-f:.]*:[0-9a-f:.]*$/;
/** No wildcards: they would stop nothing. */
const isName = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** Of what a person typed: a name or address, perhaps with a port; null when it is neither. */
export function readHost(typed: string): string | null {
  if (/[/?#@\\\s]/.test(typed)) return null;
  const url = [`https://${typed}`, `https://[${typed}]`].find((each) => URL.canParse(each));
  const host = url === undefined ? "" : hostOf(url);
  return isAddress.test(host) || isName.test(host) ? host : null;
}
