import type { DeployedLine } from "../../mesh/deployment.ts";
import { pause } from "../../mesh/pause.ts";

/** How long a stream may say nothing, in milliseconds. */
const HEARTBEAT_MS = 15_000;

const encoder = new TextEncoder();

export interface LineStreamOptions {
  readonly say: (line: DeployedLine) => string;
  /** Said when there was nothing else to say for long. */
  readonly aside: string | undefined;
  /** Ends the lines. */
  readonly stop: AbortController;
  /** Ends the stream before its lines do. */
  readonly ending: AbortSignal;
}

/** Lines as a body, as they come. Nothing is read ahead of its reader. */
export function lineStream(
  lines: AsyncIterable<DeployedLine>,
  { say, aside, stop, ending }: LineStreamOptions,
): ReadableStream<Uint8Array> {
  const iterator = lines[Symbol.asyncIterator]();
  const isOver = AbortSignal.any([stop.signal, ending]);
  let next: Promise<IteratorResult<DeployedLine, unknown>> | undefined;

  /** The next line, or nothing when none came for long, or it is over. */
  const waited = async (): Promise<IteratorResult<DeployedLine, unknown> | undefined> => {
    next ??= iterator.next();
    const settled = new AbortController();
    const late = pause(HEARTBEAT_MS, AbortSignal.any([isOver, settled.signal])).then(() => undefined);
    const came = await Promise.race([next, late]).finally(() => settled.abort());
    if (came !== undefined) next = undefined;
    return came;
  };
  const end = (): void => {
    stop.abort();
    // A line that is waited for is read by nobody; that it cannot be had either is no matter.
    next?.catch(() => undefined);
  };
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      for (;;) {
        const came = await waited();
        if (stop.signal.aborted) return;
        if (came?.done === true || (came === undefined && ending.aborted)) {
          end();
          controller.close();
          return;
        }
        const text = came === undefined ? aside : say(came.value);
        if (text === undefined) continue;
        controller.enqueue(encoder.encode(text));
        return;
      }
    },
    cancel: end,
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}
