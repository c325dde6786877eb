import { chownSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { NONROOT } from "../../../image/config.ts";
import { DeployError } from "../../deploy-error.ts";

/** Somebody of this machine. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** As whom functions run, in their images and, where that can be, on the machine. */
export const NOBODY: User = { uid: NONROOT, gid: NONROOT };

/** The folder above a path that keeps a user out; `undefined` when all let it pass. */
export function closedFolder(path: string, { uid, gid }: User): string | undefined {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const stats = statSync(folder);
    const bit = stats.uid === uid ? 0o100 : stats.gid === gid ? 0o010 : 0o001;
    if ((stats.mode & bit) === 0) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * Lets a user connect to a Unix socket. As a rule one is its owner's alone, and what was made by root becomes that user's; root
 * itself needs no right to it.
 * @throws DeployError `start_failed` when it is where the user cannot go, or is not there.
 */
export function letConnect(socket: string, user: User): void {
  try {
    const folder = closedFolder(socket, user);
    if (folder !== undefined) {
      const advice = `let all pass through it (chmod o+x), or keep the socket somewhere else`;
      throw new DeployError(
        "start_failed",
        `user ${user.uid} cannot get to "${socket}": "${folder}" is closed; ${advice}`,
      );
    }
    const { mode, uid } = statSync(socket);
    if ((mode & 0o002) === 0 && uid !== user.uid) chownSync(socket, user.uid, user.gid);
  } catch (cause) {
    if (cause instanceof DeployError) throw cause;
    throw new DeployError("start_failed", `there is no socket "${socket}" to reach the broker by`, { cause });
  }
}
