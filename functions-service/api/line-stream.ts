import type { DeployedLine } from "../../mesh/deployment.ts";
import { pause } from "../../mesh/pause.ts";
import type { EventStreams } from "./event-streams.ts";

/** How long a stream may say nothing, in milliseconds. */
const HEARTBEAT_MS = 15_000;

const encoder = new TextEncoder();

export interface LineStreamOptions {
  readonly say: (line: DeployedLine) => string;
  /** Said when there was nothing else to say for long. */
  readonly aside: string | undefined;
  /** Ends the lines. */
  readonly stop: AbortController;
  /** It ends with the streams of the service, and is counted among them while it is read. */
  readonly streams: Pick<EventStreams, "count" | "ending">;
}

/** Lines as a body, as they come. Nothing is read ahead of its reader. */
export function lineStream(
  lines: AsyncIterable<DeployedLine>,
  { say, aside, stop, streams }: LineStreamOptions,
): ReadableStream<Uint8Array> {
  const iterator = lines[Symbol.asyncIterator]();
  const { ending } = streams;
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
    streams.count(stop, false);
    // A line that is waited for is read by nobody; that it cannot be had either is no matter.
    next?.catch(() => undefined);
  };
  /** What is said next; `undefined` at the end. */
  const said = async (): Promise<string | undefined> => {
    for (;;) {
      const came = await waited();
      if (came?.done === true || isOver.aborted) return undefined;
      const text = came === undefined ? aside : say(came.value);
      if (text !== undefined) return text;
    }
  };
  let isFirst = true;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      streams.count(stop, true);
      // The first bytes bring the head of the response on its way.
      const first = isFirst ? aside : undefined;
      isFirst = false;
      try {
        const text = first ?? (await said());
        // Cancelled meanwhile: nobody takes it.
        if (stop.signal.aborted) return;
        if (text !== undefined) controller.enqueue(encoder.encode(text));
        else {
          end();
          controller.close();
        }
      } catch (error) {
        end();
        throw error;
      }
    },
    cancel: end,
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}
