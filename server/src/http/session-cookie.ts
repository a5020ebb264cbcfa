// The cookie that carries a session's token. Scripts cannot read it, other sites' requests rarely carry it, and with https it
// belongs to this host alone. On plain http, hosts share their cookies among ports, so the port is part of its name.
import { sessionLifetime } from "../manage/sessions.ts";

export type SessionCookie = {
  readonly name: string;
  /** The token in a request's header, null where there is none. */
  read(header: string | undefined): string | null;
  set(token: string): string;
  clear(): string;
};

export function sessionCookie(publicUrl: string): SessionCookie {
  const { protocol, port } = new URL(publicUrl);
  const secure = protocol === "https:";
  // `__Host-`: browsers take it only over https, for this host, and for all its paths.
  const name = secure ? "__Host-bellhop" : `bellhop-${port || "80"}`;
  const write = (value: string, ageS: number): string =>
    `${name}=${value}; Path=/; Max-Age=${ageS}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return {
    name,
    read: (header) => tokenIn(header ?? "", name),
    set: (token) => write(token, sessionLifetime.wholeS),
    clear: () => write("", 0),
  };
}

function tokenIn(header: string, name: string): string | null {
  const pair = header.split(";").find((each) => each.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1) || null;
}
