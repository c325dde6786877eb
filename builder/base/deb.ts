import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { promisify } from "node:util";
import { BaseError } from "./base-error.ts";

const run = promisify(execFile);
/** Far more than a large package takes. */
const PATIENCE_MS = 60_000;

/**
 * Unpacks Debian packages into a folder, such as `libc6` of another processor, so that {@link buildBase} can take it for a
 * system. Only their files: no script of theirs is run.
 * @throws BaseError `package_unreadable`
 */
export async function unpackDebs(
  packages: readonly string[],
  folder: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of packages) {
    try {
      await run("dpkg-deb", ["--extract", "--", file, folder], { timeout: PATIENCE_MS, ...(signal && { signal }) });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new BaseError("package_unreadable", `the Debian package "${file}" cannot be unpacked: ${reason(cause)}`, {
        cause,
      });
    }
  }
}

function reason(cause: unknown): string {
  const failure = cause as { readonly code?: unknown; readonly stderr?: string };
  if (failure.code === "ENOENT") return "dpkg-deb is not there; install it, or unpack it elsewhere and name the folder";
  const [line = ""] = (failure.stderr ?? "").trim().split("\n");
  return line === "" ? "dpkg-deb took too long or was stopped" : line;
}
