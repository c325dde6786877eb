import { keptJson } from "./kept-json.ts";

/** Who may do what: viewers look, administrators change. */
export type Role = "admin" | "viewer";

/** Somebody who is signed in, as the gateway answers it. */
export interface Session {
  readonly token: string;
  /** RFC 3339. */
  readonly expiresAt: string;
  readonly user: string;
  readonly role: Role;
  /** Those the session is limited to; all when absent. */
  readonly projects?: readonly string[];
}

/** Something a person may be allowed to do. */
export type Ability = "change";

/** Whether that person may. The gateway decides again; this only spares people buttons that would be refused. */
export function may(session: Session, ability: Ability): boolean {
  switch (ability) {
    case "change":
      return session.role === "admin";
    default:
      return ability satisfies never;
  }
}

/** Whether a stored text is a session that still lasts. */
export function parseSession(text: string | null, now: number): Session | undefined {
  const value = keptJson(text);
  if (typeof value !== "object" || value === null) return undefined;
  const { token, expiresAt, user, role } = value as Partial<Session>;
  if (typeof token !== "string" || typeof user !== "string" || typeof expiresAt !== "string") return undefined;
  if (role !== "admin" && role !== "viewer") return undefined;
  return Date.parse(expiresAt) > now ? (value as Session) : undefined;
}
