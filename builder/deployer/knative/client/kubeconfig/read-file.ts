import { readFile } from "node:fs/promises";
import { DeployError, type DeployErrorCode } from "../../../deploy-error.ts";

/** Reads a file that the way to a cluster depends on. @throws DeployError naming the file, and what to do. */
export async function readNeeded(
  file: string,
  { what, code }: { readonly what: string; readonly code: DeployErrorCode },
): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "it cannot be read";
    throw new DeployError(code, `${what} "${file}" cannot be read (${why}); correct its path, or its rights`, {
      cause,
    });
  }
}

/** Reads a file that need not be there. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) {
      return undefined;
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new DeployError("unreachable", `"${file}" cannot be read (${why}); correct its rights`, {
      cause: error,
    });
  }
}
