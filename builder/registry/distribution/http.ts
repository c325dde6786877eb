import { RegistryError } from "../registry-error.ts";
import { connectionError } from "./connection-error.ts";
import { IdleWatch } from "./idle-watch.ts";

export interface HttpOptions {
  /** The authorities to trust instead of the usual ones, PEM. */
  readonly ca: string | undefined;
  /** No byte for so long ends an attempt. */
  readonly idleMs: number;
}

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Made for this attempt; `alive` is to be called whenever a piece goes out. */
  readonly body?: ((alive: () => void) => Uint8Array | ReadableStream<Uint8Array>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly url: URL;
}

export interface WholeAnswer extends Answer {
  readonly bytes: Uint8Array;
}

export interface OpenAnswer extends Answer {
  readonly stream: ReadableStream<Uint8Array>;
}

/** Manifests are the largest that is read as a whole. */
const MAX_BYTES = 4 * 1024 * 1024;

/** What was handed over is in the buffers of this machine for a while, on its way through a narrow line. */
const SENDING = 4;

/** One attempt of one request: ends by its signal, and when nothing moves for too long. Redirects are answers. */
export class Http {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** @throws RegistryError `unavailable` or `untrusted`. */
  async send(request: HttpRequest): Promise<WholeAnswer> {
    const { stream, ...answer } = await this.open(request);
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of stream) {
      size += piece.byteLength;
      if (size > MAX_BYTES) {
        throw new RegistryError("refused", `"${request.url.host}" answers with more than ${MAX_BYTES} bytes`);
      }
      pieces.push(piece);
    }
    const bytes = new Uint8Array(size);
    let offset = 0;
    for (const piece of pieces) {
      bytes.set(piece, offset);
      offset += piece.byteLength;
    }
    return { ...answer, bytes };
  }

  /** The same, for content of any length: it is read as it is wanted. */
  async open(request: HttpRequest): Promise<OpenAnswer> {
    const { method, url, headers, body, signal } = request;
    signal?.throwIfAborted();
    const watch = new IdleWatch(this.#options.idleMs, signal);
    const explain = (error: unknown): unknown => watch.reason ?? connectionError(error, url.host);
    try {
      watch.begin();
      const response = await fetch(url, {
        method,
        // What is verified is what is on the wire.
        headers: { "user-agent": "functions-mesh", "accept-encoding": "identity", ...headers },
        redirect: "manual",
        signal: watch.signal,
        // No shared memory is ever sent, which the type would allow.
        ...(body !== undefined && { body: body(() => watch.begin(SENDING)) as BodyInit }),
        ...(this.#options.ca !== undefined && { tls: { ca: this.#options.ca } }),
      });
      watch.pause();
      return { status: response.status, headers: response.headers, url, stream: guarded(response, watch, explain) };
    } catch (error) {
      watch.end();
      throw explain(error);
    }
  }
}

// A slow reader is not a slow registry: only the waiting for bytes is watched.
function guarded(
  response: Response,
  watch: IdleWatch,
  explain: (error: unknown) => unknown,
): ReadableStream<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) watch.end();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          watch.begin();
          const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
          watch.pause();
          if (value !== undefined) controller.enqueue(value);
          if (!done) return;
          watch.end();
          controller.close();
        } catch (error) {
          watch.end();
          throw explain(error);
        }
      },
      async cancel(reason) {
        watch.end();
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
