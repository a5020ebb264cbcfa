// What Bellhop's signatures are, worked out in the browser: the secret never leaves the page.
export const signatureHeaders = ["x-hub-signature", "webhook-signature", "x-body-signature"] as const;
export type SignatureHeader = (typeof signatureHeaders)[number];

export type Signed = { readonly body: string; readonly id: string; readonly timestamp: string };

/** The value that the header would have; of `webhook-signature` one of its signatures. */
export async function signatureOf(header: SignatureHeader, secret: string, { body, id, timestamp }: Signed): Promise<string> {
  if (header === "x-hub-signature") return `sha1=${hex(await hmac("SHA-1", utf8(secret), body))}`;
  if (header === "x-body-signature") return hex(await hmac("SHA-256", utf8(secret), body));
  const key = bytesOf(secret) ?? utf8(secret);
  return `v1,${base64(await hmac("SHA-256", key, `${id}.${timestamp}.${body}`))}`;
}

/** The bytes of a `whsec_…`; null when it is none. */
export function bytesOf(secret: string): Uint8Array<ArrayBuffer> | null {
  if (!secret.startsWith("whsec_")) return null;
  try {
    return Uint8Array.from(atob(secret.slice("whsec_".length)), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

async function hmac(hash: "SHA-1" | "SHA-256", secret: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(text)));
}

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
