import { useCallback, useEffect, useRef, useState } from "react";
import { useProjectTokens } from "../api/api-context.tsx";
import { ProblemError } from "../api/problem-error.ts";
import { parseClaims } from "./caller.ts";
import { type Draft, requestOf } from "./draft.ts";
import type { Outcome } from "./outcome.ts";
import { runCall } from "./run-call.ts";

/** Long enough for the longest call there may be. */
const TOKEN_SECONDS = 300;

/** The call of a page. */
export interface PlaygroundCall {
  readonly isRunning: boolean;
  /** The last one, or the one that runs as far as it got. */
  readonly outcome: Outcome | undefined;
  /** Why there could be no token. */
  readonly tokenError: ProblemError | undefined;
  readonly send: (draft: Draft) => void;
  readonly stop: () => void;
}

/** Makes calls, one at a time. What still runs is stopped when the page is left. */
export function usePlaygroundCall(project: string, onDone: (draft: Draft, outcome: Outcome) => void): PlaygroundCall {
  const tokens = useProjectTokens();
  const running = useRef<AbortController>(undefined);
  const [isRunning, setRunning] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const [tokenError, setTokenError] = useState<ProblemError>();

  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const tokenFor = async ({ caller }: Draft): Promise<string | undefined> => {
    if (caller.kind === "anonymous") return undefined;
    if (caller.kind === "me") return tokens.get(project);
    const parsed = parseClaims(caller.claims);
    if ("error" in parsed) throw new Error(`the claims are not valid: ${parsed.error}`);
    return (await tokens.issue(project, { claims: parsed.claims, expiresInSeconds: TOKEN_SECONDS })).token;
  };

  const run = async (draft: Draft, own: AbortController): Promise<void> => {
    // One that was given up for another says nothing any more.
    const isLast = (): boolean => running.current === own;
    setTokenError(undefined);
    setOutcome(undefined);
    setRunning(true);
    try {
      const token = await tokenFor(draft);
      const done = await runCall(requestOf(draft, project), {
        fetch: (url, init) => fetch(url, init),
        token,
        signal: own.signal,
        onProgress: (soFar) => isLast() && setOutcome(soFar),
      });
      if (!isLast()) return;
      setOutcome(done);
      onDone(draft, done);
    } catch (error) {
      if (isLast()) setTokenError(ProblemError.from(error));
    } finally {
      if (isLast()) setRunning(false);
    }
  };

  const send = (draft: Draft): void => {
    stop();
    const own = new AbortController();
    running.current = own;
    void run(draft, own);
  };
  return { isRunning, outcome, tokenError, send, stop };
}
