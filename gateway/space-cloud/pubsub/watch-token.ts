import type { Claims } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";

/** What a token was found good by, and who is told when it is so no longer. */
export interface TokenWatch {
  /** Throws, or rejects with, `unauthenticated` when the token is not good any more. */
  readonly verify: () => unknown;
  readonly onEnd: () => void;
}

/** Clocks may differ: how long after its end a token is still good, its verifier says when it is asked. */
const AGAIN_MS = 1000;
/** The most that a timer waits. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Tells when a token with these claims ends: after its `exp`, as soon as its verifier refuses it.
 * @returns how to stop that.
 */
export function watchToken({ exp }: Claims, { verify, onEnd }: TokenWatch): () => void {
  if (typeof exp !== "number") return () => undefined;
  let isOver = false;
  let timer: ReturnType<typeof setTimeout>;
  const wait = (ms: number): void => {
    timer = setTimeout(() => void look(), Math.min(Math.max(0, ms), LONGEST_MS));
  };
  const look = async (): Promise<void> => {
    const leftMs = exp * 1000 - Date.now();
    const hasEnded = leftMs <= 0 && (await isRefused(verify));
    if (isOver) return;
    if (hasEnded) onEnd();
    else wait(leftMs > 0 ? leftMs : AGAIN_MS);
  };
  wait(exp * 1000 - Date.now());
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

async function isRefused(verify: TokenWatch["verify"]): Promise<boolean> {
  try {
    await verify();
    return false;
  } catch (error) {
    // That its keys cannot be had at the moment says nothing about it.
    return MeshError.from(error).code === "unauthenticated";
  }
}
