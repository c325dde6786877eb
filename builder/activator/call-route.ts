import type { Broker } from "../../mesh/broker.ts";
import { encodeReply } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { HTTP_HEADERS } from "../../mesh/http.ts";
import { offerBody } from "../../mesh/offer-body.ts";
import { pause } from "../../mesh/pause.ts";
import type { OnDemand } from "../deployer.ts";
import { CallBody } from "./call-body.ts";
import type { CallInHand } from "./call-in-hand.ts";
import { type RouteFailure, connectionFailure, failureOnTheWay, ownFailure } from "./route-failure.ts";
import { type RouteReply, routeError, routeReply } from "./route-reply.ts";
import { type Fetch, type RouteRequest, routeRequest } from "./route-request.ts";

/** What a call needs to be brought to a function's route. */
export interface RouteParts {
  readonly broker: Broker;
  readonly fetch: Fetch;
  readonly routeOf: Extract<OnDemand, { kind: "route" }>["routeOf"];
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** A response that a fetch handler may have made itself is asked for so often. */
const MOST_RESPONSES = 4;

/**
 * Calls a function by HTTP and answers with what it says, a stream as it comes. What may have run is not sent again, unless it is
 * idempotent; what surely has not is, for as long as somebody waits.
 *
 * @throws MeshError saying why there is no answer.
 */
export async function callRoute(call: CallInHand, parts: RouteParts): Promise<void> {
  const { signal, to } = call;
  const isHttp = call.message.headers[HTTP_HEADERS.request] !== undefined;
  const response = await responseFor(call, isHttp, parts);
  let reply: RouteReply;
  try {
    reply = await routeReply(response, { isHttp, broker: parts.broker });
  } catch (error) {
    signal.throwIfAborted();
    throw connectionFailure(error, to.service).error;
  }
  await answer(call, reply, parts.broker);
}

async function responseFor(call: CallInHand, isHttp: boolean, parts: RouteParts): Promise<Response> {
  const { to, signal } = call;
  const body = new CallBody(call, parts.broker);
  for (let tries = 1, pauseMs = FIRST_PAUSE_MS; ; tries++, pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const route = parts.routeOf({ project: to.project, label: to.service });
    if (route === undefined) throw notDeployed(to.service);
    call.mayHaveRun = true;
    const outcome = await ask(routeRequest(call, route, body), { fetch: parts.fetch, label: to.service, isHttp });
    signal.throwIfAborted();
    if (outcome instanceof Response) return outcome;
    const { mayRepeat, error, response } = outcome;
    // Nobody can tell whether it is a fetch handler's own.
    const passed = isHttp ? response : undefined;
    const isRepeatable = mayRepeat === "anything" || (mayRepeat === "what is idempotent" && call.isIdempotent);
    const isLast = call.leftMs <= pauseMs || (passed !== undefined && tries === MOST_RESPONSES);
    if (!isRepeatable || !body.isWhole || isLast) {
      if (passed !== undefined) return passed;
      throw error;
    }
    await response?.body?.cancel();
    call.mayHaveRun = mayRepeat !== "anything";
    await pause(pauseMs, signal);
    signal.throwIfAborted();
  }
}

/** The function's response, errors of a fetch handler among them. */
async function ask(
  { url, init }: RouteRequest,
  { fetch, label, isHttp }: { readonly fetch: Fetch; readonly label: string; readonly isHttp: boolean },
): Promise<Response | RouteFailure> {
  try {
    const response = await fetch(url, init);
    const failure = failureOnTheWay(response, label);
    if (failure !== undefined) return failure;
    return isHttp || response.status < 400 ? response : ownFailure(await routeError(response));
  } catch (error) {
    return connectionFailure(error, label);
  }
}

async function answer(call: CallInHand, reply: RouteReply, broker: Broker): Promise<void> {
  const { signal } = call;
  const toError = (thrown: unknown): MeshError => connectionFailure(thrown, call.to.service).error;
  const offer = offerBody(broker, reply, { toError });
  try {
    if (offer !== undefined) call.liftDeadline();
    signal.addEventListener("abort", () => offer?.stop(MeshError.from(signal.reason)), { once: true });
    call.answer(encodeReply(reply, offer));
  } catch (error) {
    offer?.stop(MeshError.from(error));
    throw error;
  }
  // How a stream ends is its reader's to hear.
  await offer?.done.catch(() => undefined);
}

function notDeployed(label: string): MeshError {
  return new MeshError("worker_unavailable", `nobody serves function "${label}" at the moment`, {
    retryAfterSeconds: 1,
  });
}
