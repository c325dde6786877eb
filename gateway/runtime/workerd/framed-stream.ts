import { MeshError } from "../../../mesh/errors.ts";
import { fromProblem, toProblem } from "../../../mesh/problem.ts";

/** A frame's first byte; four more say how long it is. */
const DATA = 0;
const END = 1;
/** A problem document follows: the platform itself carries no error over a stream. */
const FAILURE = 2;

const HEAD_BYTES = 5;
const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A stream in frames, so that it arrives as it ends: well, or with its own error.
 * @param onEnd called once, when it has ended or nobody wants it any more.
 */
export function framed(
  bytes: ReadableStream<Uint8Array>,
  onEnd: () => void = () => undefined,
): ReadableStream<Uint8Array> {
  const reader = bytes.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let last: Uint8Array;
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(frame(DATA, value));
          last = frame(END, NOTHING);
        } catch (error) {
          last = frame(FAILURE, encoder.encode(JSON.stringify(toProblem(MeshError.from(error)))));
        }
        controller.enqueue(last);
        controller.close();
        onEnd();
      },
      async cancel(reason) {
        onEnd();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The stream that was framed. Breaks off as it did, or as `bad_reply` when its end never came. */
export function unframed(frames: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = frames.getReader();
  let rest: Uint8Array = NOTHING;
  /** How much of a frame of data has not come yet. */
  let missing = 0;

  const more = async (): Promise<void> => {
    const { done, value } = await reader.read();
    if (done) throw brokenOff();
    rest = rest.length === 0 ? value : joined(rest, value);
  };
  const next = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      if (missing > 0 && rest.length > 0) {
        const data = rest.subarray(0, missing);
        rest = rest.subarray(data.length);
        missing -= data.length;
        return data;
      }
      if (missing === 0 && rest.length >= HEAD_BYTES) {
        const [kind] = rest;
        const length = lengthIn(rest);
        if (kind === END) return undefined;
        if (kind === DATA) {
          rest = rest.subarray(HEAD_BYTES);
          missing = length;
          continue;
        }
        if (rest.length >= HEAD_BYTES + length) throw failureIn(rest.subarray(HEAD_BYTES, HEAD_BYTES + length));
      }
      await more();
    }
  };

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const data = await next().catch((error: unknown) => {
          throw error instanceof MeshError ? error : brokenOff(error);
        });
        if (data === undefined) controller.close();
        else controller.enqueue(data);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function frame(kind: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + data.length);
  bytes[0] = kind;
  new DataView(bytes.buffer).setUint32(1, data.length);
  bytes.set(data, HEAD_BYTES);
  return bytes;
}

function lengthIn(head: Uint8Array): number {
  return new DataView(head.buffer, head.byteOffset).getUint32(1);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function failureIn(problem: Uint8Array): MeshError {
  return fromProblem(decoder.decode(problem), { description: "", status: 500, retryAfterSeconds: Number.NaN });
}

function brokenOff(cause?: unknown): MeshError {
  return new MeshError("bad_reply", "the stream broke off between the gateway and its link to the mesh", { cause });
}
