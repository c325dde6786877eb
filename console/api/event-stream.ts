import { type EventSourceMessage, createParser } from "eventsource-parser";
import { ProblemError } from "./problem-error.ts";

/** One event of a stream. */
export type StreamEvent = EventSourceMessage;

/** How a stream does. */
export type StreamStatus =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  /** Broken off; it connects again by itself. */
  | { readonly state: "waiting"; readonly error: ProblemError; readonly retryAt: number }
  /** Refused for good: connecting again by itself would not help. */
  | { readonly state: "failed"; readonly error: ProblemError }
  /** The server has said all. */
  | { readonly state: "ended" };

/** What a stream is made of. */
export interface EventStreamOptions {
  /** Asks for the events after this id. Rejects with a `ProblemError` when they are refused. */
  readonly connect: (lastEventId: string | undefined, signal: AbortSignal) => Promise<Response>;
  readonly onEvent: (event: StreamEvent) => void;
  readonly onStatus: (status: StreamStatus) => void;
  /** Whether nothing comes after this event. Default: never; a stream that ends is connected again. */
  readonly isLast?: ((event: StreamEvent) => boolean) | undefined;
  /** Waits, in milliseconds; resolves early when given up. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Follows server-sent events, and connects again where they broke off, after longer and longer pauses. Unlike
 * `EventSource` it can send a token, and says why it failed.
 */
export function openEventStream(options: EventStreamOptions): { readonly close: () => void } {
  const end = new AbortController();
  void follow(options, end.signal);
  return { close: () => end.abort() };
}

async function follow(options: EventStreamOptions, signal: AbortSignal): Promise<void> {
  const { connect, onEvent, onStatus, isLast = () => false, pause = sleep, random = Math.random } = options;
  let lastEventId: string | undefined;
  let firstPauseMs = FIRST_PAUSE_MS;
  let failures = 0;
  let hasEnded = false;

  const parser = createParser({
    onRetry: (ms) => (firstPauseMs = ms),
    onEvent: (event) => {
      // The rest of what arrived with the last one, or with the one at which somebody had enough.
      if (hasEnded || signal.aborted) return;
      failures = 0;
      lastEventId = event.id ?? lastEventId;
      hasEnded = isLast(event);
      onEvent(event);
    },
  });

  while (!signal.aborted) {
    let error: ProblemError;
    try {
      onStatus({ state: "connecting" });
      const response = await connect(lastEventId, signal);
      if (signal.aborted) return;
      onStatus({ state: "open" });
      await read(response, (text) => {
        parser.feed(text);
        return !hasEnded;
      });
      if (hasEnded || response.status === 204) return onStatus({ state: "ended" });
      error = ProblemError.noAnswer(new Error("the stream broke off"));
    } catch (thrown) {
      if (signal.aborted) return;
      error = ProblemError.from(thrown);
      if (!error.isTransient) return onStatus({ state: "failed", error });
    }
    parser.reset();
    const longest = Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** failures++);
    const ms = error.retryAfterSeconds === undefined ? longest * (0.5 + random() / 2) : error.retryAfterSeconds * 1000;
    onStatus({ state: "waiting", error, retryAt: Date.now() + ms });
    await pause(ms, signal);
  }
}

/** Reads until the end, or until nothing more is wanted. */
async function read(response: Response, onText: (text: string) => boolean): Promise<void> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw ProblemError.noAnswer(error);
      });
      if (done || !onText(value)) return;
    }
  } finally {
    // Lets the connection go. One that broke is gone, and why was told above.
    await reader.cancel().catch(() => undefined);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener("abort", wake);
  });
}
