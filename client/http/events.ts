import { type EventSourceMessage, createParser } from "eventsource-parser";
import { MeshError } from "../../mesh/errors.ts";
import { fromProblem } from "../../mesh/problem.ts";

/** Media type of server-sent events. */
export const EVENTS_TYPE = "text/event-stream";

/** An item longer than this, in characters, is not waited for. */
const MAX_ITEM = 16 * 1024 * 1024;

/**
 * The items in a stream of server-sent events: each event's data is an item as JSON, and an event `end` follows the last.
 * @throws MeshError what an event `error` says; `bad_reply` for data that is not JSON and for a stream that was cut off.
 */
export async function* eventItems(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder();
  let events: EventSourceMessage[] = [];
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize: MAX_ITEM,
    onEvent: (event) => events.push(event),
    // Whatever else it does not understand is not for us.
    onError: ({ type }) => (isTooLong ||= type === "max-buffer-size-exceeded"),
  });
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (isTooLong) throw new MeshError("bad_reply", `an item of the stream is longer than ${MAX_ITEM} characters`);
    const arrived = events;
    events = [];
    for (const event of arrived) {
      if (event.event === "error") throw failure(event.data);
      if (event.event === "end") return;
      if (event.event === undefined || event.event === "message") yield itemOf(event.data);
    }
  }
  // Cut off by somebody on the way who calls that an end.
  throw new MeshError("bad_reply", "the stream broke off before its end");
}

function itemOf(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw new MeshError("bad_reply", "an item of the stream is not JSON", { cause: error });
  }
}

function failure(data: string): MeshError {
  return fromProblem(data, {
    description: "the stream failed",
    status: Number.NaN,
    retryAfterSeconds: Number.NaN,
  });
}
