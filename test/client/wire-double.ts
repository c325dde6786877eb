/** A server that answers calls as it is told, as a gateway would word them: for what a real one does not do on request. */
export interface WireDouble extends AsyncDisposable {
  readonly url: string;
  /** What it was asked, in order. */
  readonly requests: readonly Received[];
}

export interface Received {
  readonly path: string;
  readonly headers: Headers;
  readonly text: string;
}

export type Answer = (request: Request, attempt: number) => Response | Promise<Response>;

/** Starts a server at a free port. Bodies are read before `answer` is asked, unless `isRaw`. */
export function wireDouble(answer: Answer, { isRaw = false } = {}): WireDouble {
  const requests: Received[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const text = isRaw ? "" : await request.clone().text();
      requests.push({ path: new URL(request.url).pathname, headers: request.headers, text });
      return await answer(request, requests.length);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

/** A problem document as a gateway sends it. */
export function problem(
  code: string,
  status: number,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  const body = JSON.stringify({
    type: `https://functionsmesh.dev/problems/${code}`,
    title: code,
    status,
    code,
    ...more,
  });
  return new Response(body, { status, headers: { "Content-Type": "application/problem+json", ...headers } });
}

/** Server-sent events, written as they are given. */
export function events(source: AsyncIterable<string> | Iterable<string>, onCancel?: () => void): Response {
  const texts = (async function* () {
    yield* source;
  })();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await texts.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: () => onCancel?.(),
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

/** What comes after the last item. */
export const END = "event: end\ndata: null\n\n";

/** An item as an event. */
export function event(item: unknown): string {
  return `data: ${JSON.stringify(item)}\n\n`;
}
