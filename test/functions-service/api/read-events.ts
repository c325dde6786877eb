import { createParser } from "eventsource-parser";
import type { CloudEvent } from "../../../functions-service/events/cloud-event.ts";

/** What a stream of events has said. */
export interface EventReader {
  /** The next message; heartbeats are none. */
  next(): Promise<StreamMessage>;
  /** Messages until one fits; with it. */
  until(fits: (message: StreamMessage) => boolean): Promise<StreamMessage[]>;
  /** The last id there was, heartbeats' included: where a client goes on. */
  readonly lastId: string;
  /** How many comments there were. */
  readonly comments: number;
  cancel(): Promise<void>;
}

export interface StreamMessage {
  readonly name: string | undefined;
  readonly id: string | undefined;
  readonly data: CloudEvent;
}

/** Reads a response that is a stream of events, as clients do. */
export function readEvents(response: Response): EventReader {
  // Through a transformation more would be read than is asked for.
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  if (reader === undefined) throw new Error(`a response without a body, with status ${response.status}`);
  const messages: StreamMessage[] = [];
  let lastId = "";
  let comments = 0;
  const parser = createParser({
    onEvent: ({ event, id, data }) => messages.push({ name: event, id, data: JSON.parse(data) as CloudEvent }),
    onId: (id) => (lastId = id),
    onComment: () => comments++,
  });
  const next = async (): Promise<StreamMessage> => {
    for (;;) {
      const message = messages.shift();
      if (message !== undefined) return message;
      const { done, value } = await reader.read();
      if (done) throw new Error("the stream has ended");
      parser.feed(decoder.decode(value, { stream: true }));
    }
  };
  return {
    next,
    async until(fits) {
      const read: StreamMessage[] = [];
      for (;;) {
        const message = await next();
        read.push(message);
        if (fits(message)) return read;
      }
    },
    get lastId() {
      return lastId;
    },
    get comments() {
      return comments;
    },
    cancel: () => reader.cancel(),
  };
}
