// Is a request signed by this secret, and if not, why not? A wrong signature alone does not say whether the secret or the body is
// at fault, so what people do to both by mistake is undone and tried: line ends, indentation, quotation marks, a whsec_ that was not decoded.
import { bytesOf, signatureHeaders, signatureOf, utf8 } from "./signature-hmac.ts";
import type { SignatureHeader, Signed } from "./signature-hmac.ts";

/** What libraries for Standard Webhooks allow between signing and checking. */
const toleranceMs = 5 * 60_000;

export type Header = readonly [name: string, value: string];

export type Checked = {
  readonly headers: readonly Header[];
  readonly body: string;
  readonly secret: string;
  readonly nowMs: number;
  /** The secrets that are right, where they are known: then a wrong one can be told from a changed body. */
  readonly known?: readonly string[];
  /** The body as it was sent, where that is known. */
  readonly sent?: string;
};

export type Finding = {
  readonly header: SignatureHeader;
  readonly verdict: "right" | "old" | "wrong";
  readonly cause: "body" | "secret" | "unknown" | null;
  readonly sentence: string;
};

/** One for each signature among the headers. */
export async function checkSignatures(checked: Checked): Promise<Finding[]> {
  const given = signatureHeaders.filter((name) => valueOf(checked.headers, name) !== null);
  return Promise.all(given.map((header) => check(header, checked)));
}

/** `Name: value`, a line each, as they are copied from anywhere. */
export function readHeaders(text: string): Header[] {
  const lines = text.split(/\r?\n/).map((line) => /^\s*"?([\w-]+)"?\s*:\s*"?(.*?)"?,?\s*$/.exec(line));
  return lines.flatMap((match) => (match ? [[match[1] as string, match[2] as string] as const] : []));
}

export function valueOf(headers: readonly Header[], name: string): string | null {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? null;
}

async function check(header: SignatureHeader, checked: Checked): Promise<Finding> {
  const { headers, body, secret, nowMs } = checked;
  const signed = { body, id: valueOf(headers, "webhook-id") ?? "", timestamp: valueOf(headers, "webhook-timestamp") ?? "" };
  const given = valueOf(headers, header) as string;
  if (secret === "") return finding(header, "wrong", "secret", "No secret was given.");
  if (await matches(header, given, secret, signed)) return right(header, signed.timestamp, nowMs);
  return wrong(header, given, signed, checked);
}

const finding = (header: SignatureHeader, verdict: Finding["verdict"], cause: Finding["cause"], sentence: string): Finding => ({
  header,
  verdict,
  cause,
  sentence,
});

async function matches(header: SignatureHeader, given: string, secret: string, signed: Signed): Promise<boolean> {
  const expected = await signatureOf(header, secret, signed);
  return given.split(" ").includes(expected);
}

function right(header: SignatureHeader, timestamp: string, nowMs: number): Finding {
  const ageMs = nowMs - Number(timestamp) * 1_000;
  if (header !== "webhook-signature" || Math.abs(ageMs) <= toleranceMs)
    return finding(header, "right", null, "Right: this secret signed exactly these bytes.");
  const minutes = Math.round(Math.abs(ageMs) / 60_000).toLocaleString("en");
  const when = ageMs > 0 ? `${minutes} min old` : `${minutes} min in the future`;
  const sentence = `Right, but too old by now: webhook-timestamp is ${when}, and receivers refuse what is more than 5 min away from their clock.`;
  return finding(header, "old", null, ageMs > 0 ? sentence : sentence.replace("too old by now", "not to be believed"));
}

async function wrong(header: SignatureHeader, given: string, signed: Signed, checked: Checked): Promise<Finding> {
  const { secret, known = [], sent } = checked;
  for (const [form, how] of secretForms(header, secret))
    if (await matches(header, given, form, signed)) return finding(header, "wrong", "secret", `Wrong secret: ${how}`);
  for (const [body, how] of bodyForms(signed.body, sent))
    for (const each of [secret, ...known])
      if (await matches(header, given, each, { ...signed, body })) return finding(header, "wrong", "body", `The body changed: ${how}`);
  for (const each of known)
    if (await matches(header, given, each, signed))
      return finding(header, "wrong", "secret", "Wrong secret: the body is right, and another secret of this app signed it.");
  return finding(header, "wrong", ...lastWord(header, checked));
}

/** When nothing that was tried explains it. */
function lastWord(header: SignatureHeader, { body, sent, known = [] }: Checked): [Finding["cause"], string] {
  if (sent !== undefined && sent !== body) return ["body", `The body changed: ${difference(sent, body)}`];
  const own = header === "webhook-signature" ? " A subscription with a signing secret of its own is signed with that one." : "";
  if (sent !== undefined) return ["secret", `Wrong secret: the body is what was sent, and this secret did not sign it.${own}`];
  if (known.length > 0) return ["body", `The body changed: none of this app's secrets signed these bytes.${own}`];
  return ["unknown", `Wrong: either another secret signed it, or the bytes of the body are not those that were sent.${own}`];
}

function secretForms(header: SignatureHeader, secret: string): [string, string][] {
  const bytes = bytesOf(secret);
  const decoded = bytes === null ? secret : new TextDecoder().decode(bytes);
  const forms: [string, string][] = [
    [secret.trim(), "there is white space round it."],
    [secret.trim().replaceAll(/^["']|["']$/g, ""), "it stands in quotation marks, which are not part of it."],
    header === "webhook-signature"
      ? [`whsec_${secret}`, "whsec_ is missing at its beginning, so its text was used instead of the bytes it stands for."]
      : [decoded, `${header} takes the client secret as it is, not its whsec_ form.`],
  ];
  return forms.filter(([form]) => form !== secret && form !== "");
}

function bodyForms(body: string, sent: string | undefined): [string, string][] {
  const compact = compactJson(body);
  const forms: [string, string][] = [
    [body.replace(/\r?\n$/, ""), "there is a line end behind it that was not sent."],
    [body.trim(), "there is white space round it that was not sent."],
    [body.replaceAll("\r\n", "\n"), "its line ends are not those that were sent."],
    [compact ?? body, "it was parsed and written again. Check the raw bytes, before any parser."],
    ...(sent === undefined ? [] : ([[sent, difference(sent, body)]] as [string, string][])),
  ];
  return forms.filter(([form]) => form !== body);
}

function compactJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Where it stops being the same. */
export function difference(sent: string, body: string): string {
  let at = 0;
  while (at < sent.length && sent[at] === body[at]) at++;
  const byte = utf8(sent.slice(0, at)).length;
  const piece = (text: string): string => (at >= text.length ? "its end" : JSON.stringify(text.slice(at, at + 12)));
  return `from byte ${byte.toLocaleString("en")} on it has ${piece(body)} where ${piece(sent)} was sent.`;
}
