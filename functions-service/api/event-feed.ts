import { pause } from "../../mesh/pause.ts";
import { noticeOf } from "../events/cloud-event.ts";
import type { EventFilter, Journal, Transition } from "../store.ts";

/** Calls a listener when there may be more to read in the journal; returns how to stop that. */
export type OnProgress = (listener: () => void) => () => void;

/** Which events a feed tells of. */
export type FeedFilter = Pick<EventFilter, "source" | "type" | "status" | "traceId">;

/** What a feed is made of. */
export interface FeedOptions {
  readonly journal: Pick<Journal, "read" | "bounds">;
  readonly onProgress: OnProgress;
  readonly project: string;
  readonly filter: FeedFilter;
  /** The sequence after which it begins. */
  readonly after: number;
  /** Whether what its reader has seen before is not followed by what it gets to see. */
  readonly hasGap: boolean;
  /** How long it may say nothing, in milliseconds: well below what proxies put up with. Default: 15 000. */
  readonly heartbeatMs?: number | undefined;
}

const HEARTBEAT_MS = 15_000;

/** Changes that are read at a time. */
const PAGE = 256;

/** What is handed over at a time, in characters, but for the last message in it. */
const CHUNK = 64 * 1024;

const encoder = new TextEncoder();

/**
 * A project's CloudEvents as server-sent events (HTML standard, 9.2), without an end. Nothing is read before somebody reads
 * it, so that one who reads slowly costs a page of the journal; who reads too slowly is told that there is a gap.
 */
export class EventFeed implements UnderlyingDefaultSource<Uint8Array> {
  readonly #options: FeedOptions;
  readonly #heartbeatMs: number;
  #position: number;
  #messages: string[];
  #nap = new AbortController();
  #sentAt = 0;
  #isEnding = false;
  #isClosed = false;
  #stop: (() => void) | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
    this.#position = options.after;
    // The first bytes bring the head of the response on its way.
    this.#messages = [options.hasGap ? gap(options.after) : here(options.after)];
  }

  /** Whether it gives no more, because it has ended, failed or was cancelled. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#stop ??= this.#options.onProgress(() => this.#nap.abort());
    try {
      while (this.#messages.length === 0 && !this.#isOver) await this.#fetch();
    } catch (error) {
      this.cancel();
      throw error;
    }
    // Cancelled meanwhile: nobody takes it.
    if (this.#isClosed) return;
    if (this.#messages.length === 0) {
      this.cancel();
      controller.close();
      return;
    }
    this.#sentAt = performance.now();
    controller.enqueue(encoder.encode(this.#chunk()));
  }

  /** Ends after what it has read already. */
  end(): void {
    this.#isEnding = true;
    this.#nap.abort();
  }

  cancel(): void {
    this.#isClosed = true;
    this.#nap.abort();
    this.#stop?.();
  }

  get #isOver(): boolean {
    return this.#isEnding || this.#isClosed;
  }

  /** Reads on, and waits when there is nothing; until there may be something, or a sign of life is due. */
  async #fetch(): Promise<void> {
    const { journal, project, filter } = this.#options;
    // Made before it is read: what comes meanwhile ends the next nap.
    this.#nap = new AbortController();
    const after = this.#position;
    const { transitions, end } = await journal.read(after, { limit: PAGE, project });
    if (end > after) {
      const { start } = await journal.bounds();
      if (start > after) {
        this.#position = start;
        this.#messages.push(gap(start));
        return;
      }
      this.#position = end;
      this.#messages.push(...transitions.filter((each) => matches(each, filter)).map(message));
    }
    const leftMs = this.#sentAt + this.#heartbeatMs - performance.now();
    if (this.#messages.length > 0) return;
    if (leftMs <= 0) this.#messages.push(here(this.#position));
    else if (end === after && !this.#isOver) await pause(leftMs, this.#nap.signal);
  }

  #chunk(): string {
    let count = 0;
    for (let length = 0; length < CHUNK && count < this.#messages.length; count++) {
      length += this.#messages[count]?.length ?? 0;
    }
    return this.#messages.splice(0, count).join("");
  }
}

function matches({ change }: Transition, { source, type, status, traceId }: FeedFilter): boolean {
  return (
    (source === undefined || change.source === source) &&
    (type === undefined || change.type === type) &&
    (status === undefined || change.status === status) &&
    (traceId === undefined || change.traceId === traceId)
  );
}

// JSON holds no line break: it is one data field. The id stands last: who takes it as soon as it comes has the data by then.
function message(transition: Transition): string {
  return `data: ${JSON.stringify(noticeOf(transition).event)}\nid: ${transition.sequence}\n\n`;
}

function gap(after: number): string {
  return `event: gap\ndata: ${JSON.stringify({ after })}\nid: ${after}\n\n`;
}

/** A sign of life. Its id lets readers of whom nothing was for long go on from here. */
function here(position: number): string {
  return `: still here\nid: ${position}\n\n`;
}
