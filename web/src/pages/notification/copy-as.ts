// A request as a command and as code, to be sent again by hand to wherever one likes.
import type { Answer } from "../../api/client.ts";

type Attempt = Answer<"listAttempts">["data"][number];
export type Request = NonNullable<Attempt["request"]>;

/** What the tool writes by itself. */
const own = /^(host|content-length|connection|accept-encoding)$/i;
const sentHeaders = ({ headers }: Request): Request["headers"] => headers.filter(([name]) => !own.test(name));
const unknownUrl = "https://example.com/";

export function asCurl(request: Request): string {
  const headers = sentHeaders(request).map(([name, value]) => ` \\\n  -H ${quoted(`${name}: ${value}`)}`);
  return `curl -i -X ${request.method} ${quoted(request.url ?? unknownUrl)}${headers.join("")} \\\n  --data-raw ${quoted(request.body)}`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export function asFetch(request: Request): string {
  const headers = sentHeaders(request).map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`);
  return `const response = await fetch(${JSON.stringify(request.url ?? unknownUrl)}, {
  method: "${request.method}",
  headers: {
${headers.join("")}  },
  // A string: the signature is over these bytes.
  body: ${JSON.stringify(request.body)},
});
console.log(response.status, await response.text());
`;
}
