import { RegistryError, type RegistryErrorCode } from "../registry-error.ts";

/** An error of the file system in words that say what to do. Other errors stay as they are. */
export function explainFileError(error: unknown, what: string): unknown {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined || error instanceof RegistryError) return error;
  const [kind, advice] = ADVICE[code] ?? ["unavailable", "look after the disk"];
  return new RegistryError(kind, `${what} cannot be used (${code}); ${advice}`, { cause: error });
}

const FULL: readonly [RegistryErrorCode, string] = ["full", "the disk is full: make room and try again"];
const FORBIDDEN: readonly [RegistryErrorCode, string] = [
  "forbidden",
  "let this user write there, or choose another folder",
];

const ADVICE: Readonly<Record<string, readonly [RegistryErrorCode, string]>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  SQLITE_FULL: FULL,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: FORBIDDEN,
  SQLITE_CANTOPEN: FORBIDDEN,
  SQLITE_READONLY: FORBIDDEN,
  ENOTDIR: ["refused", "something else is in the way: choose another folder"],
  EMFILE: ["unavailable", "too many files are open: raise the limit (ulimit -n)"],
};
