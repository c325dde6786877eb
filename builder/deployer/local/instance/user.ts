import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { NONROOT } from "../../../image/config.ts";

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
