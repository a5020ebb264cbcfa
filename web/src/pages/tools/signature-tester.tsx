// Verify this signature: headers, body and secret, and for each signature whether it is right, and why not. All of it happens in
// the browser; nothing that is entered here is sent anywhere.
import { useEffect, useState } from "react";
import { call } from "../../api/client.ts";
import type { Answer } from "../../api/client.ts";
import { Button } from "../../parts/button.tsx";
import { TextAreaField, TextField } from "../../parts/field.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Dot } from "../../parts/status.tsx";
import { checkSignatures, readHeaders } from "./signature-check.ts";
import type { Checked, Finding, Header } from "./signature-check.ts";

type Secrets = Answer<"listSecrets">["data"];

type SignatureTesterProps = {
  /** Whose secret can be taken at a click. */
  readonly app?: string | undefined;
  /** A request as it was sent, to begin with: then a changed body is told from a wrong secret. */
  readonly sent?: { readonly headers: readonly Header[]; readonly body: string } | undefined;
};

export function SignatureTester({ app, sent }: SignatureTesterProps) {
  const [headers, setHeaders] = useState(() => signingHeaders(sent?.headers ?? []));
  const [body, setBody] = useState(sent?.body ?? "");
  const [secret, setSecret] = useState("");
  const [secrets, setSecrets] = useState<Secrets>([]);
  const findings = useFindings({ headers, body, secret, secrets, sent: sent?.body });
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <div className="flex flex-col gap-3">
        <TextAreaField
          label="Headers"
          hint="As they arrived, a line each."
          placeholder={"X-Hub-Signature: sha1=…\nwebhook-id: notif_…\nwebhook-timestamp: …\nwebhook-signature: v1,…"}
          value={headers}
          onChange={({ target }) => setHeaders(target.value)}
          className="font-mono text-sm"
        />
        <TextAreaField
          label="Body"
          hint="The raw bytes, before any parser."
          value={body}
          onChange={({ target }) => setBody(target.value)}
          className="font-mono text-sm"
        />
        <SecretField app={app} secret={secret} onSecret={setSecret} secrets={secrets} onSecrets={setSecrets} />
      </div>
      <Findings findings={findings} hasSecret={secret !== ""} />
    </div>
  );
}

const signingHeaders = (headers: readonly Header[]): string =>
  headers
    .filter(([name]) => /^(x-hub-signature|x-body-signature|webhook-.*)$/i.test(name))
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

type Entered = { headers: string; body: string; secret: string; secrets: Secrets; sent: string | undefined };

/** Null without `crypto.subtle`, which browsers give only to https and to this machine. */
function useFindings({ headers, body, secret, secrets, sent }: Entered): readonly Finding[] | null {
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const canCheck = "subtle" in crypto;
  useEffect(() => {
    if (!canCheck) return undefined;
    let isCurrent = true;
    const known = secrets.flatMap(({ client_secret }) => client_secret ?? []);
    const checked: Checked = {
      headers: readHeaders(headers),
      body,
      secret,
      nowMs: Date.now(),
      known,
      ...(sent === undefined ? {} : { sent }),
    };
    void checkSignatures(checked).then((found) => isCurrent && setFindings(found));
    return () => {
      isCurrent = false;
    };
  }, [canCheck, headers, body, secret, secrets, sent]);
  return canCheck ? findings : null;
}

type SecretFieldProps = {
  readonly app: string | undefined;
  readonly secret: string;
  readonly onSecret: (secret: string) => void;
  readonly secrets: Secrets;
  readonly onSecrets: (secrets: Secrets) => void;
};

function SecretField({ app, secret, onSecret, secrets, onSecrets }: SecretFieldProps) {
  const [error, setError] = useState<Error | null>(null);
  const take = async (): Promise<void> => {
    const { data } = await call("listSecrets", { params: { id: app as string } });
    onSecrets(data);
    onSecret(data.find((each) => each.signs_x_hub_signature)?.client_secret ?? "");
  };
  return (
    <>
      <TextField
        label="Secret"
        hint="The app's client secret, or a whsec_ one. It stays in this page."
        className="font-mono text-sm"
        value={secret}
        onChange={({ target }) => onSecret(target.value)}
      />
      <div className="flex flex-wrap gap-2">
        {app !== undefined && secrets.length === 0 && (
          <Button small onClick={() => void take().catch(setError)}>
            Use this app’s secret
          </Button>
        )}
        {secrets.map(({ number, client_secret, ends_at }) => (
          <Button key={number} small aria-pressed={client_secret === secret} onClick={() => onSecret(client_secret ?? "")}>
            Secret {number}
            {ends_at ? ", the old one" : ""}
          </Button>
        ))}
      </div>
      <ProblemBanner error={error} />
    </>
  );
}

const looks = {
  right: { text: "text-delivered", shape: "full", word: "Right" },
  old: { text: "text-retrying", shape: "half", word: "Right, too old" },
  wrong: { text: "text-failed", shape: "cross", word: "Wrong" },
} as const;

function Findings({ findings, hasSecret }: { readonly findings: readonly Finding[] | null; readonly hasSecret: boolean }) {
  const hint =
    findings === null
      ? "This browser checks signatures only on a page that came over https or from this machine."
      : findings.length === 0
        ? "There is no signature among the headers: X-Hub-Signature, webhook-signature or X-Body-Signature."
        : hasSecret
          ? null
          : "Enter the secret to see whether the signatures are right.";
  return (
    <div role="status" aria-label="Result" className="flex flex-col gap-3">
      {hint !== null && <p className="text-ink-2">{hint}</p>}
      {hint === null &&
        findings?.map(({ header, verdict, sentence }) => (
          <div key={header} className={`tint rounded-lg px-3.5 py-2.5 ${looks[verdict].text}`}>
            <p className="flex items-center gap-2 font-semibold">
              <Dot shape={looks[verdict].shape} />
              <span>{looks[verdict].word}</span>
              <code className="ml-auto font-mono text-sm font-normal text-ink-2">{header}</code>
            </p>
            <p className="mt-1 text-ink">{sentence}</p>
          </div>
        ))}
    </div>
  );
}
