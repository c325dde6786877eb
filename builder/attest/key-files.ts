import { open, readFile, rm, stat } from "node:fs/promises";
import { KeyError } from "./key-error.ts";
import { generateKeyPair, readSigner, type Signer } from "./signer.ts";

/** Where a pair of keys is. */
export interface KeyFiles {
  readonly privateKey: string;
  readonly publicKey: string;
}

/**
 * Makes a pair and writes it to `<prefix>.key`, which only its owner may read, and `<prefix>.pub`.
 * @throws KeyError `key_file` when there is one already: it is never overwritten
 */
export async function writeKeyPair(prefix: string, passphrase: string): Promise<KeyFiles> {
  const files = { privateKey: `${prefix}.key`, publicKey: `${prefix}.pub` };
  const pair = await generateKeyPair(passphrase);
  await writeNew(files.privateKey, pair.privateKey, 0o600);
  try {
    await writeNew(files.publicKey, pair.publicKey, 0o644);
  } catch (error) {
    await rm(files.privateKey);
    throw error;
  }
  return files;
}

/**
 * Reads a private key's file.
 * @throws KeyError `key_file` when it cannot be read, or by everybody; what is wrong with the key itself
 */
export async function readSignerFile(path: string, passphrase: string | undefined): Promise<Signer> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o007) !== 0) {
      throw new KeyError(
        "key_file",
        `everybody may read "${path}"; run "chmod 600 ${path}", or mount the secret with defaultMode 0440`,
      );
    }
    return await readSigner(await readFile(path, "utf8"), passphrase);
  } catch (error) {
    if (error instanceof KeyError && error.code === "key_file") throw error;
    if (error instanceof KeyError) {
      throw new KeyError(error.code, `"${path}": ${error.message}`, { cause: error.cause });
    }
    throw new KeyError("key_file", `the private key "${path}" cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    const file = await open(path, "wx", mode);
    try {
      // The mode of open() passes the umask, which may take away what is wanted for the public half.
      await file.chmod(mode);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new KeyError("key_file", `the key "${path}" cannot be written: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EEXIST") return "there is one already, and keys are not overwritten; choose another name";
  if (code === "ENOENT") return "there is no such file or folder";
  return error instanceof Error ? error.message : String(error);
}
