import { createParser } from "eventsource-parser";
import type { ProblemDocument } from "../api/problem-error.ts";
import { ProblemError, readProblem } from "../api/problem-error.ts";
import type { CallRequest } from "./draft.ts";
import type { Outcome, OutcomeBody } from "./outcome.ts";
import { parseServerTiming } from "./server-timing.ts";

/** Items of a stream that are kept to be shown. */
const MOST_ITEMS = 500;

const EVENT_STREAM = "text/event-stream";

type MakeOutcome = (result: OutcomeBody, problem?: ProblemDocument) => Outcome;

/** What making a call needs. */
export interface RunCallOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
  /** Told while a stream goes on. */
  readonly onProgress: (outcome: Outcome) => void;
}

/** Makes a call, and says what came of it: a failure is an outcome, too. Streams are told of as they come. */
export async function runCall(
  { path, headers, body }: CallRequest,
  { fetch, token, signal, onProgress }: RunCallOptions,
): Promise<Outcome> {
  const startedAt = Date.now();
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      credentials: "omit",
      signal,
      headers: {
        // Streams as events: they can say that they broke.
        Accept: `${EVENT_STREAM}, application/json;q=0.9, */*;q=0.8`,
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    return noAnswer(error, { startedAt, tookMs: elapsed(), isStopped: signal.aborted });
  }
  const answeredMs = elapsed();
  const outcome: MakeOutcome = (result, problem) => ({
    status: response.status,
    startedAt,
    answeredMs,
    tookMs: elapsed(),
    timing: parseServerTiming(response.headers.get("Server-Timing")),
    body: result,
    problem,
    headers: [...response.headers],
  });
  if (!response.ok) return outcome({ kind: "none" }, (await readProblem(response)).problem);
  if (!(response.headers.get("Content-Type") ?? "").startsWith(EVENT_STREAM)) {
    return outcome(await readWhole(response));
  }
  return readItems(response, { signal, outcome, onProgress });
}

async function readWhole(response: Response): Promise<OutcomeBody> {
  const type = response.headers.get("Content-Type") ?? "";
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length === 0) return { kind: "none" };
  if (/^application\/([\w.-]+\+)?json\b/.test(type)) {
    return { kind: "json", value: JSON.parse(new TextDecoder().decode(bytes)) as unknown };
  }
  if (type.startsWith("text/")) return { kind: "text", text: new TextDecoder().decode(bytes) };
  return { kind: "bytes", bytes, type };
}

async function readItems(
  response: Response,
  { signal, outcome, onProgress }: Pick<RunCallOptions, "signal" | "onProgress"> & { readonly outcome: MakeOutcome },
): Promise<Outcome> {
  let items: readonly { readonly place: number; readonly value: unknown }[] = [];
  let count = 0;
  let state: "open" | "complete" | "stopped" | "broken" = "open";
  let problem: ProblemDocument | undefined;
  const now = (): Outcome => outcome({ kind: "items", items, count, state }, problem);
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === "end") state = "complete";
      else if (event === "error") {
        state = "broken";
        problem = JSON.parse(data) as ProblemDocument;
      } else {
        count++;
        items = [...items, { place: count, value: JSON.parse(data) as unknown }].slice(-MOST_ITEMS);
      }
    },
  });
  try {
    onProgress(now());
    for await (const text of (response.body ?? new Blob([]).stream()).pipeThrough(new TextDecoderStream())) {
      parser.feed(text);
      onProgress(now());
    }
    if (state === "open") {
      state = "broken";
      problem = ProblemError.noAnswer(new Error("the stream ended in the middle")).problem;
    }
  } catch (error) {
    state = signal.aborted ? "stopped" : "broken";
    if (!signal.aborted) problem = ProblemError.noAnswer(error).problem;
  }
  return now();
}

function noAnswer(
  cause: unknown,
  {
    startedAt,
    tookMs,
    isStopped,
  }: { readonly startedAt: number; readonly tookMs: number; readonly isStopped: boolean },
): Outcome {
  const { problem } = ProblemError.noAnswer(cause);
  const stopped = {
    ...problem,
    title: "Stopped",
    code: "cancelled",
    detail: "the call was given up before an answer came",
  };
  return {
    status: 0,
    startedAt,
    answeredMs: tookMs,
    tookMs,
    timing: parseServerTiming(null),
    body: { kind: "none" },
    problem: isStopped ? stopped : problem,
    headers: [],
  };
}
