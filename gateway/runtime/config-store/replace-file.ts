import { open, rename, rm, stat } from "node:fs/promises";
import { randomHex } from "../../../mesh/ids.ts";

/**
 * Replaces a file by one with another text, at once and with the same permissions: whoever reads it reads one of the two. One that is
 * not there yet is for this user's eyes only.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const before = await stat(path).catch(ignoreMissing);
  const beside = `${path}.${randomHex(4)}.tmp`;
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(text);
      if (before !== undefined) {
        await file.chown(before.uid, before.gid).catch(ignoreNotPermitted);
        await file.chmod(before.mode & 0o777);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}

/** Only its owner's may be given away; then the file is of whoever runs the gateway. */
function ignoreNotPermitted(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
}
