import type { Reply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { TraceContext } from "../mesh/trace.ts";
import type { Span, Tracing } from "../mesh/tracing.ts";
import { type StreamEnd, watchStream } from "../mesh/watch-stream.ts";
import { traceParent } from "./request-facts.ts";

/** The span of a request on a route, by OpenTelemetry's conventions for HTTP servers. */
export class HttpSpan {
  readonly #span: Span;
  #isStreaming = false;
  /** Of the answer, once it has begun. */
  #status: number | undefined;

  constructor(tracing: Tracing, request: Request, route: string) {
    const { headers, method } = request;
    const { pathname, protocol, hostname, port } = new URL(request.url);
    this.#span = tracing.start({
      kind: "server",
      name: `${method} ${route}`,
      parent: traceParent(headers),
      attributes: {
        "http.request.method": method,
        "http.route": route,
        // Without its query: what stands there is the caller's business.
        "url.path": pathname,
        "url.scheme": protocol.slice(0, -1),
        "server.address": hostname,
        "server.port": port === "" ? undefined : Number(port),
        "user_agent.original": headers.get("User-Agent") ?? undefined,
      },
    });
  }

  get context(): TraceContext {
    return this.#span.context;
  }

  /** Runs a part of the request's handling inside the span. */
  run<T>(work: () => T): T {
    return this.#span.run(work);
  }

  /** The same reply. If it is a stream, the span ends with that rather than with the answer's beginning. */
  follow(reply: Reply): Reply {
    if (reply.stream === undefined) return reply;
    this.#isStreaming = true;
    const bytes = watchStream(reply.stream.bytes, (end) => this.#streamed(end));
    return { ...reply, stream: { ...reply.stream, bytes } };
  }

  /** The answer has begun, or failed. */
  answered({ status }: Response, error: MeshError | undefined): void {
    this.#status = status;
    if (!this.#isStreaming || error !== undefined) this.#end(error);
  }

  #streamed(end: StreamEnd): void {
    this.#isStreaming = false;
    // Read before the answer began, it was put together to a whole: the answer tells how that went.
    if (this.#status === undefined) return;
    if (end.how === "read") this.#end(undefined);
    else this.#end(end.how === "failed" ? end.error : new MeshError("cancelled", "the caller went away"));
  }

  #end(error: unknown): void {
    this.#span.end({ error, attributes: { "http.response.status_code": this.#status } });
  }
}
