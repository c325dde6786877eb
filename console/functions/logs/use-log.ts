import { useCallback, useEffect, useRef, useState } from "react";
import type { DeployedLine } from "../../../mesh/deployment.ts";
import type { StoredFunction } from "../../../mesh/function.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import type { StreamStatus } from "../../api/event-stream.ts";
import { useEventStream } from "../../api/use-event-stream.ts";
import { functionPath } from "../functions-api.ts";
import { type HeldLog, NOTHING_HELD, withLines } from "./log-lines.ts";

/** Lines that are there when it is opened. */
const FIRST_LINES = 2000;

/** What comes within this time is shown together. */
const TOGETHER_MS = 100;

/** After a stream was taken up again lines are told that are known; so long. */
const AGAIN_MS = 2000;

/** A log that is followed. */
export interface FollowedLog extends HeldLog {
  readonly status: StreamStatus;
  readonly restart: () => void;
  /** Forgets what is shown; what comes from now on is shown. */
  readonly clear: () => void;
}

/** Follows what a function writes. Give the component another key for another version. */
export function useLog(project: string, { id }: StoredFunction, version: number | undefined): FollowedLog {
  const api = useProjectApi(project);
  const [held, setHeld] = useState<HeldLog>(NOTHING_HELD);
  const waiting = useRef<DeployedLine[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const again = useRef({ opened: 0, until: 0 });

  const flush = useCallback((): void => {
    timer.current = undefined;
    const more = waiting.current.splice(0);
    const isAgain = Date.now() < again.current.until;
    setHeld((before) => withLines(before, more, isAgain));
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);

  const { status, restart } = useEventStream(api, `${functionPath(id)}/logs`, {
    query: { lines: FIRST_LINES, version },
    onEvent: ({ data }) => {
      waiting.current.push(JSON.parse(data) as DeployedLine);
      timer.current ??= setTimeout(flush, TOGETHER_MS);
    },
  });
  const isOpen = status.state === "open";
  useEffect(() => {
    if (!isOpen) return;
    const { opened } = again.current;
    again.current = { opened: opened + 1, until: opened === 0 ? 0 : Date.now() + AGAIN_MS };
  }, [isOpen]);

  return { ...held, status, restart, clear: useCallback(() => setHeld((before) => ({ ...before, lines: [] })), []) };
}
