import type { Reply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { ITEMS_TYPE, LineReader } from "../mesh/items.ts";
import { mediaType } from "../mesh/payload.ts";
import { toProblem } from "../mesh/problem.ts";
import { type BodyStream, STREAM_HEADERS } from "../mesh/stream.ts";
import { type ItemFormat, itemFormat } from "./item-format.ts";
import { type RequestFacts, answerHeaders } from "./request-facts.ts";

/** How long a stream is silent before a sign of life is written: well below what proxies put up with. */
const KEEP_ALIVE_MS = 15_000;

/** The response of a function that streams: its bytes as they come, its items as the caller's `Accept` wants them. */
export function streamResponse(
  { contentType, stream }: Reply & { readonly stream: BodyStream },
  facts: RequestFacts,
  accept: string | null,
): Response {
  const { bytes, lengthBytes } = stream;
  if (mediaType(contentType) === ITEMS_TYPE && lengthBytes === undefined) {
    const format = itemFormat(accept);
    const headers = {
      ...answerHeaders(facts, format.contentType),
      "Cache-Control": "no-cache",
      "X-Accel-Buffering": "no",
    };
    return new Response(writeItems(bytes, format, facts), { headers });
  }
  const length = lengthBytes === undefined ? undefined : String(lengthBytes);
  // Bun's server drops the length of what it sends in chunks; ours still tells a value from a stream.
  const lengths = length === undefined ? {} : { "Content-Length": length, [STREAM_HEADERS.length]: length };
  return new Response(untilBroken(bytes), { headers: { ...answerHeaders(facts, contentType), ...lengths } });
}

/** Bytes for a caller who is told nothing of what breaks them off: the platform would print it. */
export function untilBroken(bytes: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = bytes.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          await breakOff(controller);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Breaks a response off, after what was written before: Bun would throw away what has not left yet. */
async function breakOff(controller: ReadableStreamDefaultController): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  controller.error();
}

function writeItems(
  bytes: ReadableStream<Uint8Array>,
  format: ItemFormat,
  { callId, trace }: RequestFacts,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const reader = new LineReader(bytes);
  let isFirst = true;
  let isWaiting = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  const written = (lines: readonly string[]): string => {
    let text = "";
    for (const line of lines) {
      text += format.item(line, isFirst);
      isFirst = false;
    }
    return text;
  };

  return new ReadableStream(
    {
      start(controller) {
        if (format.opening !== "") controller.enqueue(encoder.encode(format.opening));
        if (format.keepAlive === "") return;
        const keepAlive = encoder.encode(format.keepAlive);
        timer = setInterval(() => isWaiting && controller.enqueue(keepAlive), KEEP_ALIVE_MS);
      },
      async pull(controller) {
        try {
          isWaiting = true;
          const lines = await reader.read();
          isWaiting = false;
          if (lines !== undefined) return controller.enqueue(encoder.encode(written(lines)));
          if (format.closing !== "") controller.enqueue(encoder.encode(format.closing));
          clearInterval(timer);
          controller.close();
        } catch (thrown) {
          isWaiting = false;
          clearInterval(timer);
          const error = MeshError.from(thrown);
          if (format.failure === undefined) return await breakOff(controller);
          const problem = JSON.stringify(toProblem(error, { callId, traceId: trace.traceId }));
          controller.enqueue(encoder.encode(format.failure(error, problem)));
          controller.close();
        }
      },
      cancel(reason) {
        isWaiting = false;
        clearInterval(timer);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
