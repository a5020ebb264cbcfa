import { Link } from "@tanstack/react-router";
import { buttonLook } from "../../parts/button.tsx";
import { Code, indentJson } from "../../parts/code.tsx";
import { CopyButton, Id } from "../../parts/copy.tsx";
import { Fact, Facts } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { answerWord, signatureNames, verdictOf, verdictWords } from "./verdict.ts";
import type { Received } from "./verdict.ts";

export function ReceivedDetails({ received }: { readonly received: Received }) {
  const { at, answered, notification, headers, body, body_cut: isCut } = received;
  const isJson = looksLikeJson(body);
  return (
    <div className="flex flex-col gap-4">
      <Facts>
        <Fact name="Arrived">
          <span className="max-sm:text-sm">
            <Time at={at} exact />
          </span>
        </Fact>
        <Fact name="Answered">{answerWord(answered)}</Fact>
        {notification && (
          <Fact name="Notification">
            <span className="flex flex-wrap items-center gap-x-3">
              <Id id={notification} />
              <Link to="/notifications/$id" params={{ id: notification }} className="underline">
                Its attempts and answers
              </Link>
            </span>
          </Fact>
        )}
        {(["hub", "standard"] as const).map((each) => (
          <Fact key={each} name={signatureNames[each]}>
            <Verdict verdict={received.signatures[each]} />
          </Fact>
        ))}
      </Facts>
      {verdictOf(received) === "wrong" && (
        <p>
          <Link to="/tools" search={{ tab: "signature" }} className={buttonLook("secondary", true)}>
            Open the signature tester
          </Link>
        </p>
      )}
      <Code
        label="Headers"
        text={Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}`)
          .join("\n")}
      />
      <Code label={isJson ? "Body, indented" : "Body"} text={isJson ? indentJson(body) : body} json={isJson} tall />
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-3">
        <CopyButton text={body} label="Copy the body as it arrived" />
        {isCut ? "Only its beginning is shown." : "Signatures are made over these bytes, not over the indented text."}
      </p>
    </div>
  );
}

function Verdict({ verdict }: { readonly verdict: Received["signatures"]["hub"] }) {
  const { word, about, text } = verdictWords[verdict];
  return (
    <>
      <span className={`font-medium ${text}`}>{word}</span>
      <span className="block text-sm text-ink-3">{about}</span>
    </>
  );
}

const looksLikeJson = (body: string): boolean => /^\s*[{[]/.test(body);
