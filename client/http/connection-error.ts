import { MeshError } from "../../mesh/errors.ts";

/** What Bun, Node and Deno call it when no connection came about: then nothing was sent. */
const NEVER_CONNECTED = new Set([
  "ConnectionRefused",
  "FailedToOpenSocket",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** A request that got no answer. Browsers do not say why, so that there the outcome is unknown. */
export function noAnswer(origin: string, cause: unknown): MeshError {
  if (codesOf(cause).some((code) => NEVER_CONNECTED.has(code))) {
    return new MeshError("broker_unavailable", `the gateway at "${origin}" cannot be reached; does it run?`, { cause });
  }
  const text = `the gateway at "${origin}" did not answer: the connection failed, and whether the call ran is unknown`;
  return new MeshError("bad_reply", text, { cause });
}

/** An answer that stopped in the middle. */
export function brokenAnswer(origin: string, cause: unknown): MeshError {
  return new MeshError("bad_reply", `the connection to the gateway at "${origin}" broke in the middle of the answer`, {
    cause,
  });
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [...("code" in error && typeof error.code === "string" ? [error.code] : []), ...codesOf(error.cause)];
}
