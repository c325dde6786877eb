import type { MessageHeaders } from "../mesh/broker.ts";
import { CALL_HEADERS, NO_CLAIMS, isHeaderValue } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { Caller } from "../mesh/caller.ts";
import { FUNCTION_HEADER } from "../mesh/http.ts";
import { newCallId } from "../mesh/ids.ts";
import type { Log } from "../mesh/log.ts";
import type { StartCallSpan } from "./call-spans.ts";
import { HeaderContext } from "./context.ts";
import { toFailure } from "./failure.ts";
import type { FunctionConfig } from "./function-config.ts";
import type { FunctionShape } from "./function-shape.ts";
import { bodyIn, queryOf } from "./http-params.ts";
import { type FunctionResponse, problemResponse, responseOf, watched } from "./http-response.ts";
import { Limiter } from "./limiter.ts";
import { paramsIn } from "./params.ts";

/** What serving a function by HTTP needs. */
export interface HttpFunctionOptions {
  readonly shape: FunctionShape;
  readonly config: Pick<FunctionConfig, "bounds" | "timeoutMs" | "maxBodyBytes" | "finishMs" | "trustsClaims">;
  /** Calls other functions in a handler's name. */
  readonly caller: Caller;
  readonly log: Log;
  readonly startSpan: StartCallSpan | undefined;
}

/** Whether the process runs, and whether it takes calls: paths that no handler gets to see. */
const LIVE_PATH = "/_/live";
const READY_PATH = "/_/ready";
/** How the probes of Kubernetes and Knative call themselves, whatever path they are sent to. */
const PROBE_AGENT = "kube-probe/";
const METHODS = ["GET", "HEAD", "POST"];

/** A deployed function as HTTP sees it: the body is its params, the response its result. `docs/builder.md` tells the rest. */
export class HttpFunction {
  readonly #options: HttpFunctionOptions;
  readonly #limiter: Limiter;
  readonly #inFlight = new Set<HeaderContext>();
  #isDraining = false;

  constructor(options: HttpFunctionOptions) {
    this.#options = options;
    this.#limiter = new Limiter(options.config.bounds);
  }

  /** Answers a request; never rejects. */
  handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const probed = this.#probe(request, url.pathname);
    if (probed !== undefined) return Promise.resolve(probed);
    const headers = this.#callHeaders(request);
    const span = this.#options.startSpan?.(headers);
    const { caller, log } = this.#options;
    const context = new HeaderContext(headers, { caller, log, span });
    const refused = (error: MeshError): Promise<Response> => {
      span?.end({ error });
      return Promise.resolve(problemResponse(error, context));
    };
    if (this.#isDraining) {
      return refused(new MeshError("worker_unavailable", "the function is stopping", { retryAfterSeconds: 1 }));
    }
    return new Promise((resolve) => {
      const isTaken = this.#limiter.tryRun(async () => {
        this.#inFlight.add(context);
        const run = (): Promise<Answer> => this.#answer(request, url, context);
        const answer = await (span === undefined ? run() : span.run(run));
        resolve(answer.response);
        const error = await answer.done;
        span?.end({ error });
        context.lifetime.settle();
        this.#inFlight.delete(context);
      });
      if (isTaken) return;
      resolve(refused(new MeshError("overloaded", "the function's queue is full", { retryAfterSeconds: 1 })));
    });
  }

  /**
   * Takes no new calls and resolves when those in flight are done. Those that are not in time are told by their signals, and
   * not waited for much longer: a handler may have no ear for them.
   */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const { finishMs } = this.#options.config;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const after = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        timer = setTimeout(resolve, ms);
      });
    const giveUp = async (): Promise<void> => {
      await after(finishMs);
      this.#inFlight.forEach(({ lifetime }) => lifetime.end(new MeshError("cancelled", "the function is stopping")));
      await after(LAST_WORDS_MS);
    };
    await Promise.race([this.#limiter.idle(), giveUp()]);
    clearTimeout(timer);
  }

  #probe({ headers }: Request, path: string): Response | undefined {
    const isProbe = headers.get("user-agent")?.startsWith(PROBE_AGENT) === true;
    if (path === LIVE_PATH) return Response.json({ status: "live" });
    if (path !== READY_PATH && !isProbe) return undefined;
    return this.#isDraining
      ? Response.json({ status: "draining" }, { status: 503 })
      : Response.json({ status: "ready" });
  }

  /** The headers that the same call would have in the mesh. */
  #callHeaders({ headers: given }: Request): MessageHeaders {
    const { timeoutMs, trustsClaims } = this.#options.config;
    const wantedMs = Number(given.get("x-request-timeout") ?? Number.NaN) * 1000;
    const trusted = (name: string): string | undefined => (trustsClaims ? (given.get(name) ?? undefined) : undefined);
    const headers: Record<string, string> = {
      [CALL_HEADERS.id]: trusted(CALL_HEADERS.id) ?? newCallId(),
      [CALL_HEADERS.deadline]: String(Date.now() + (wantedMs > 0 ? Math.min(wantedMs, timeoutMs) : timeoutMs)),
      [CALL_HEADERS.claims]: trusted(CALL_HEADERS.claims) ?? NO_CLAIMS,
    };
    const { traceparent, tracestate, baggage, requestId, idempotencyKey } = CALL_HEADERS;
    for (const name of [traceparent, tracestate, baggage, requestId, idempotencyKey]) {
      // Events carry the trace they belong to as an extension of theirs (CloudEvents, Distributed Tracing).
      const value = given.get(name) ?? given.get(`ce-${name}`);
      if (value !== null && isHeaderValue(value)) headers[name] = value;
    }
    return headers;
  }

  async #answer(request: Request, url: URL, context: HeaderContext): Promise<Answer> {
    const { lifetime } = context;
    const gone = new Promise<never>((_, reject) => {
      lifetime.signal.addEventListener("abort", () => reject(MeshError.from(lifetime.signal.reason)));
    });
    gone.catch(() => undefined);
    const left = (): void => lifetime.end(new MeshError("cancelled", "the caller went away"));
    if (request.signal.aborted) left();
    request.signal.addEventListener("abort", left);
    const running = this.#run(request, url, context);
    try {
      const { response: whole, isStreamed } = await Promise.race([running, gone]);
      if (isStreamed) lifetime.liftDeadline();
      const [response, sent] = isStreamed ? watched(whole, lifetime.signal) : [whole, Promise.resolve()];
      // Some servers abort a request's signal when its response has gone, which is no going away.
      const done = sent.finally(() => request.signal.removeEventListener("abort", left));
      return { response, done: done.then((failure) => (failure === undefined ? undefined : toFailure(failure))) };
    } catch (thrown) {
      const error = lifetime.reason ?? toFailure(thrown);
      if (error !== thrown && lifetime.reason === undefined) context.log.error("the call failed", { error: thrown });
      // What nobody waits for any more takes its place until it is over.
      const done = running.then(
        ({ response: late }) => late.body?.cancel(),
        () => undefined,
      );
      return { response: problemResponse(error, context), done: done.then(() => error) };
    }
  }

  async #run(request: Request, url: URL, context: HeaderContext): Promise<FunctionResponse> {
    const { shape, config } = this.#options;
    const wanted = request.headers.get(FUNCTION_HEADER);
    if (wanted !== null && !shape.endpoints.some(({ name }) => name === wanted)) {
      throw new MeshError("function_not_found", `this function is not called as ${JSON.stringify(wanted)}`);
    }
    const endpoint = shape.http(queryOf(url));
    if (endpoint.receives === "http") {
      const asked = new Request(request, { signal: context.signal });
      const response: unknown = await endpoint.handler(asked, context);
      if (response instanceof Response) return { response, isStreamed: response.body !== null };
      throw new TypeError("a fetch handler answers with a Response, and this one did not");
    }
    if (url.pathname !== "/")
      throw new MeshError("function_not_found", "the function is at /, and nothing else is here");
    if (!METHODS.includes(request.method)) {
      const text = `the function is called by GET or POST, not by ${request.method}`;
      throw new MeshError("invalid_request", text, { status: 405 });
    }
    const body = await bodyIn(request, url, { receives: endpoint.receives, maxBytes: config.maxBodyBytes });
    const startedAt = performance.now();
    const params: unknown = await paramsIn(body, endpoint);
    const result: unknown = await endpoint.handler(params, context);
    const headers = {
      "Server-Timing": `fn;dur=${(performance.now() - startedAt).toFixed(3)}`,
      ...(request.headers.has(CALL_HEADERS.requestId) && { [CALL_HEADERS.requestId]: context.requestId }),
    };
    return responseOf(result, endpoint, { headers, isHead: request.method === "HEAD" });
  }
}

/** How long a handler that was told to stop may take to say so. */
const LAST_WORDS_MS = 1_000;

interface Answer {
  readonly response: Response;
  /** Resolves when its last byte has gone, to what went wrong. */
  readonly done: Promise<MeshError | undefined>;
}
