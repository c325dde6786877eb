/** Somebody who may see the configuration, and who may change it unless the role is `viewer`. */
export interface Administrator {
  readonly user: string;
  readonly role: "admin" | "viewer";
  /** The only projects to see and to change; `undefined`: all. */
  readonly projects: readonly string[] | undefined;
}

/** Whether somebody may see a project. */
export function maySee({ projects }: Administrator, id: string): boolean {
  return projects === undefined || projects.includes(id);
}

/** What somebody logged in with, in return for which there is a token. */
export interface Session {
  readonly token: string;
  /** RFC 3339. */
  readonly expiresAt: string;
  readonly user: string;
  readonly role: Administrator["role"];
  /** Not there: all. */
  readonly projects?: readonly string[];
}
