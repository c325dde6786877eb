import type { Job } from "../../mesh/job.ts";
import { pause } from "../../mesh/pause.ts";

/** How often it is looked how far a job is, in milliseconds; while a stream is being read. */
const LOOK_MS = 200;

/** How long a stream may say nothing, in milliseconds. */
const HEARTBEAT_MS = 15_000;

const encoder = new TextEncoder();

/**
 * A job as server-sent events (HTML standard, 9.2) until it has ended: the job without its log whenever it has changed, and new
 * lines of its log as events `log`.
 * @param ending ends it before: its reader comes back, and finds another instance or the next
 */
export function jobFeed(look: () => Promise<Job>, ending: AbortSignal): ReadableStream<Uint8Array> {
  const stop = new AbortController();
  let shown = "";
  let lines: readonly string[] = [];
  let isOver = false;
  let spokenAt = performance.now();

  const news = (job: Job): string => {
    const { log, ...rest } = job;
    const state = JSON.stringify(rest);
    const messages = linesAfter(lines, log).map((line) => `event: log\ndata: ${JSON.stringify(line)}\n\n`);
    if (state !== shown) messages.push(`data: ${state}\n\n`);
    lines = log;
    shown = state;
    isOver = job.endedAt !== undefined;
    return messages.join("");
  };
  const next = async (): Promise<string> => {
    while (!stop.signal.aborted && !ending.aborted) {
      const text = news(await look());
      if (text !== "" || isOver) return text;
      if (performance.now() - spokenAt >= HEARTBEAT_MS) return ": still there\n\n";
      await pause(LOOK_MS, stop.signal);
    }
    return "";
  };
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const text = isOver ? "" : await next();
      spokenAt = performance.now();
      if (text !== "") controller.enqueue(encoder.encode(text));
      else if (!stop.signal.aborted) controller.close();
    },
    cancel: () => stop.abort(),
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

/** What has come since: only the newest lines are kept. */
function linesAfter(before: readonly string[], now: readonly string[]): readonly string[] {
  const last = before.at(-1);
  if (last === undefined) return now;
  // The most that can have stayed goes first: the same line may stand there more than once.
  for (let kept = Math.min(before.length, now.length); kept > 0; kept--) {
    const tail = before.slice(before.length - kept);
    if (tail.every((line, place) => now[place] === line)) return now.slice(kept);
  }
  return now;
}
