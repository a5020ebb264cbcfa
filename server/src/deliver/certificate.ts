// The certificate that an endpoint presented, in one sentence: for whom it is, who issued it and until when it is valid.
// Names in it are what the endpoint says; they are shortened and freed of control characters, and shown as text only.
import type { PeerCertificate } from "node:tls";

const namesShownMax = 3;
const nameCharactersMax = 100;
const nameless = "somebody without a name";

/** Any part may be missing: a certificate without a subject is a valid one. */
export type Presented = Partial<Pick<PeerCertificate, "subject" | "issuer" | "subjectaltname" | "valid_to">>;

/** Null where none was presented. */
export function describeCertificate(certificate: Presented | null): string | null {
  if (!certificate?.valid_to) return null;
  const until = endOf(certificate.valid_to);
  return `It is for ${namesOf(certificate)}, issued by ${nameOf(certificate.issuer)}${until === null ? "" : `, valid until ${until}`}.`;
}

/** The names that count are those of the extension; the subject's own is what is left without it. */
function namesOf({ subject, subjectaltname }: Presented): string {
  const names = (subjectaltname ?? "").split(", ").flatMap((name) => name.replace(/^(?:DNS|IP Address):/, "") || []);
  if (names.length === 0) return nameOf(subject);
  const more = names.length - namesShownMax;
  return names.slice(0, namesShownMax).map(shown).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function nameOf(name: Presented["issuer"] | null): string {
  return shown([name?.CN, name?.O].flat().find((each) => each) ?? nameless);
}

function shown(name: string): string {
  return name
    .replace(/\p{Cc}/gu, "")
    .slice(0, nameCharactersMax)
    .toWellFormed();
}

function endOf(text: string): string | null {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : new Date(atMs).toISOString();
}
