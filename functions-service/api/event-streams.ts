import { MeshError } from "../../mesh/errors.ts";
import type { Journal } from "../store.ts";
import { EventFeed, type FeedFilter, type OnProgress } from "./event-feed.ts";

/** Of the calls that the service takes at once, 256, others need some. */
const MAX_STREAMS = 128;

/** How often it is looked for something new where nobody tells, in milliseconds. */
const POLL_MS = 500;

export interface EventStreamsOptions {
  readonly journal: Journal;
  readonly project: string;
  /** Default: it is looked every 500 milliseconds. */
  readonly onProgress?: OnProgress | undefined;
  /** How long a stream may say nothing, in milliseconds. Default: 15 000. */
  readonly heartbeatMs?: number | undefined;
}

/** The streams of a project's events that are being read. */
export class EventStreams {
  readonly #options: EventStreamsOptions;
  readonly #feeds = new Set<EventFeed>();
  readonly #others = new Set<object>();
  readonly #ending = new AbortController();

  constructor(options: EventStreamsOptions) {
    this.#options = options;
  }

  /** Aborts when all streams are to end, also those of others than events. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /**
   * Events after a sequence, or from now on, as server-sent events. Of a stream that is never read nothing remains.
   * @throws MeshError `overloaded` when there are too many, `worker_unavailable` after the end.
   */
  async open(filter: FeedFilter, asked: number | undefined): Promise<ReadableStream<Uint8Array>> {
    this.refuseMore("list events instead");
    const { journal, project, heartbeatMs, onProgress = polled(journal) } = this.#options;
    // What was recorded before is no news; nor is a sequence of the future one that another process has given out.
    await journal.project();
    const { start, end } = await journal.bounds();
    const hasGap = asked !== undefined && (asked < start || asked > end);
    const after = hasGap ? start : (asked ?? end);
    const feed = new EventFeed({ journal, project, filter, onProgress, after, hasGap, heartbeatMs });
    const source: UnderlyingDefaultSource<Uint8Array> = {
      pull: async (controller) => {
        this.#feeds.add(feed);
        try {
          await feed.pull(controller);
        } finally {
          if (feed.isClosed) this.#feeds.delete(feed);
        }
      },
      cancel: () => {
        this.#feeds.delete(feed);
        feed.cancel();
      },
    };
    // Nothing is read ahead of its reader.
    return new ReadableStream(source, { highWaterMark: 0 });
  }

  /**
   * For streams of other things, which share the room there is.
   * @param instead what can be done instead.
   * @throws MeshError as `open`.
   */
  refuseMore(instead: string): void {
    if (this.ending.aborted) {
      throw new MeshError("worker_unavailable", "the functions service is stopping; try again", {
        retryAfterSeconds: 1,
      });
    }
    if (this.#feeds.size + this.#others.size >= MAX_STREAMS) {
      const text = `${MAX_STREAMS} streams are open, and no more at once; ${instead}, or try again`;
      throw new MeshError("overloaded", text, { retryAfterSeconds: 10 });
    }
  }

  /** One of these is read from now on; or not any more. */
  count(other: object, isRead: boolean): void {
    if (isRead) this.#others.add(other);
    else this.#others.delete(other);
  }

  /** Ends all of them, and lets none begin: their clients come back, and find another instance or the next. */
  end(): void {
    this.#ending.abort();
    for (const feed of this.#feeds) feed.end();
  }
}

function polled(journal: Journal): OnProgress {
  return (listener) => {
    // What is wrong with the store, the reading will find out.
    const timer = setInterval(() => void journal.project().then(listener, listener), POLL_MS);
    return () => clearInterval(timer);
  };
}
