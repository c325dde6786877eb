import type { Broker } from "../../mesh/broker.ts";
import { encodeReply } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { HTTP_HEADERS } from "../../mesh/http.ts";
import { offerBody } from "../../mesh/offer-body.ts";
import { pause } from "../../mesh/pause.ts";
import type { OnDemand } from "../deployer.ts";
import { CallBody } from "./call-body.ts";
import type { CallInHand } from "./call-in-hand.ts";
import { type RouteFailure, failureOf, unlessOnTheWay } from "./route-failure.ts";
import { type RouteReply, routeError, routeReply } from "./route-reply.ts";
import { type Fetch, routeRequest } from "./route-request.ts";

/** What a call needs to be brought to a function's route. */
export interface RouteParts {
  readonly broker: Broker;
  readonly fetch: Fetch;
  readonly routeOf: Extract<OnDemand, { kind: "route" }>["routeOf"];
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** A response that a function may have made itself is asked for so often. */
const MOST_RESPONSES = 4;

/**
 * Calls a function by HTTP and answers with what it says, a stream as it comes. What may have run is not sent again, unless it is
 * idempotent; what surely has not is, for as long as somebody waits.
 *
 * @throws MeshError saying why there is no answer.
 */
export async function callRoute(call: CallInHand, parts: RouteParts): Promise<void> {
  const isHttp = call.message.headers[HTTP_HEADERS.request] !== undefined;
  const response = await responseFor(call, isHttp, parts);
  if (!isHttp && response.status >= 400) throw await unlessBroken(call, routeError(response));
  const reply = await unlessBroken(call, routeReply(response, { isHttp, broker: parts.broker }));
  await answer(call, reply, parts.broker);
}

async function responseFor(call: CallInHand, isHttp: boolean, parts: RouteParts): Promise<Response> {
  const { to, signal } = call;
  const body = new CallBody(call, parts.broker);
  for (let tries = 1, pauseMs = FIRST_PAUSE_MS; ; tries++, pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const route = parts.routeOf({ project: to.project, label: to.service });
    if (route === undefined) throw notDeployed(to.service);
    const outcome = await asked(parts.fetch, routeRequest(call, route, body), to.service);
    signal.throwIfAborted();
    if (outcome instanceof Response) return outcome;
    const { mayHaveRun, error, response } = outcome;
    // Nobody can tell whether it is a fetch handler's own.
    const passed = isHttp ? response : undefined;
    const mayRepeat = body.isWhole && (!mayHaveRun || call.isIdempotent);
    if (!mayRepeat || call.leftMs <= pauseMs || (passed !== undefined && tries === MOST_RESPONSES)) {
      if (passed !== undefined) return passed;
      throw error;
    }
    await response?.body?.cancel();
    await pause(pauseMs, signal);
    signal.throwIfAborted();
  }
}

async function asked(
  fetch: Fetch,
  { url, init }: ReturnType<typeof routeRequest>,
  label: string,
): Promise<Response | RouteFailure> {
  try {
    return unlessOnTheWay(await fetch(url, init), label);
  } catch (error) {
    return failureOf(error, label);
  }
}

/** What is read of a response, unless the connection or the call ends before. */
async function unlessBroken<T>({ signal, to }: CallInHand, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw signal.aborted ? signal.reason : failureOf(error, to.service).error;
  }
}

async function answer(call: CallInHand, reply: RouteReply, broker: Broker): Promise<void> {
  const { signal } = call;
  const toError = (thrown: unknown): MeshError => failureOf(thrown, call.to.service).error;
  const offer = offerBody(broker, reply, { toError });
  try {
    if (offer !== undefined) call.liftDeadline();
    signal.addEventListener("abort", () => offer?.stop(MeshError.from(signal.reason)), { once: true });
    call.answer(encodeReply(reply, offer));
  } catch (error) {
    offer?.stop(MeshError.from(error));
    throw error;
  }
  // How a stream ends is its reader's to hear, and not the log's.
  await offer?.done.catch(() => undefined);
}

function notDeployed(label: string): MeshError {
  return new MeshError("worker_unavailable", `nobody serves function "${label}" at the moment`, {
    retryAfterSeconds: 1,
  });
}
