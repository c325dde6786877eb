import { link, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readSignerFile, writeKeyPair } from "../attest/key-files.ts";
import type { Signer } from "../attest/signer.ts";

/** Of a key that nobody else has: its file is what is to be guarded. */
const NO_PASSPHRASE = "";

/**
 * The key that images are signed with where no other is named: `<prefix>.key`, with `<prefix>.pub` beside it. It is made at the
 * first start, readable by its user alone, and stays the same from then on.
 * @throws KeyError when the file is there and cannot be used
 */
export async function developmentKey(prefix: string): Promise<{ readonly signer: Signer; readonly wasMade: boolean }> {
  const file = `${prefix}.key`;
  const wasMade = !(await isThere(file)) && (await make(prefix));
  const signer = await readSignerFile(file, NO_PASSPHRASE);
  if (!(await isThere(`${prefix}.pub`))) await writeFile(`${prefix}.pub`, signer.publicKey.pem);
  return { signer, wasMade };
}

/** Of two processes that make one at the same time, one is the first: a link does not replace what is there. */
async function make(prefix: string): Promise<boolean> {
  await mkdir(dirname(prefix), { recursive: true });
  const own = await writeKeyPair(`${prefix}.${crypto.randomUUID()}`, NO_PASSPHRASE);
  try {
    await link(own.privateKey, `${prefix}.key`);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await Promise.all([own.privateKey, own.publicKey].map((path) => rm(path, { force: true })));
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
