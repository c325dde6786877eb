import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs `openssl`, which knows nothing of the code under test; it answers what it wrote. */
export function openssl(args: readonly string[], input?: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(execFileSync("openssl", args, input === undefined ? {} : { input }));
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (!isMissing) throw cause;
    throw new Error("openssl is not installed; run: apt-get install --no-install-recommends openssl", { cause });
  }
}

/**
 * Has `openssl` look whether a key (PEM) signed these bytes with SHA-256.
 * @throws Error when it did not
 */
export function opensslVerify(what: {
  readonly publicKey: string;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}): string {
  const folder = mkdtempSync(join(tmpdir(), "fmesh-openssl-"));
  const pathOf = (name: keyof typeof what): string => {
    const path = join(folder, name);
    writeFileSync(path, what[name]);
    return path;
  };
  try {
    const files = ["-verify", pathOf("publicKey"), "-signature", pathOf("signature"), pathOf("signed")];
    return new TextDecoder().decode(openssl(["dgst", "-sha256", ...files]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
