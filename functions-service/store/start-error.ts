/** Why a store cannot be opened, and what to do. Holds no password. */
export class StoreStartError extends Error {
  override readonly name = "StoreStartError";
}

/**
 * An error at the start as the operator reads it.
 * @param options.where the database, without a password.
 * @param options.advice what to do, by the beginnings of the vendor's error codes.
 */
export function startError(
  error: unknown,
  { where, advice }: { readonly where: string; readonly advice: Readonly<Record<string, string>> },
): StoreStartError {
  const code = codeOf(error);
  // What the store found out itself says what to do.
  const known = error instanceof StoreStartError ? undefined : adviceFor(code, advice);
  const reason = `${error instanceof Error ? error.message : String(error)}${code === "" ? "" : ` (${code})`}`;
  const text = `the store cannot use the database ${where}: ${reason}${known === undefined ? "" : `; ${known}`}`;
  return new StoreStartError(text, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function adviceFor(code: string, advice: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(advice).find(([start]) => code.startsWith(start))?.[1];
}
