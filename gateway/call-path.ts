import type { Context, Handler } from "hono";
import type { Broker } from "../mesh/broker.ts";
import type { Reply } from "../mesh/call.ts";
import { type ErrorCode, MeshError } from "../mesh/errors.ts";
import type { Log } from "../mesh/log.ts";
import type { FunctionAddress } from "../mesh/names.ts";
import { bearerToken } from "./auth/bearer-token.ts";
import { bodyError, readBody } from "./body.ts";
import { type RequestedCall, dispatch } from "./dispatch.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { Limits, LivePolicy, Policy } from "./policy.ts";
import { type RequestFacts, requestFacts } from "./request-facts.ts";

/** One way to call functions over HTTP: how it reads a request and how it speaks of the outcome. */
export interface CallPath {
  /** Hono pattern with the parameters `project`, `service` and `function`. */
  readonly route: string;
  /** @throws MeshError `invalid_request` when the request cannot be understood. */
  read(headers: Headers, body: Uint8Array, limits: Limits): RequestedCall;
  /** @throws MeshError `bad_reply` when the reply cannot be carried. */
  succeed(reply: Reply, facts: RequestFacts): Response;
  fail(error: MeshError, facts: RequestFacts): Response;
}

/** What calls need, whatever their path. */
export interface CallParts {
  readonly broker: Broker;
  readonly policy: LivePolicy;
  readonly metrics: GatewayMetrics;
  readonly log: Log;
}

/** Outcomes that only a worker's answer can have: the function exists, whether the configuration names it or not. */
const ANSWERED: ReadonlySet<ErrorCode | "ok"> = new Set(["ok", "function_failed", "overloaded", "bad_reply"]);

/** Outcomes of callers who were not let through. */
const TURNED_AWAY: ReadonlySet<ErrorCode | "ok"> = new Set([
  "unauthenticated",
  "forbidden",
  "function_not_found",
  "invalid_request",
  "payload_too_large",
]);

/** Answers calls on a path: read, dispatch, respond, count. Never throws. */
export function callHandler(path: CallPath, { broker, policy, metrics, log }: CallParts): Handler {
  return async (c: Context): Promise<Response> => {
    const request = c.req.raw;
    const { headers } = request;
    const facts = requestFacts(headers);
    const address = c.req.param() as unknown as FunctionAddress; // the route names exactly these three
    // A configuration saved from here on is the next call's.
    const inForce = policy.current;
    let response: Response;
    let code: ErrorCode | "ok" = "ok";
    try {
      let body: Uint8Array;
      try {
        body = await readBody(request, inForce.limits.maxBodyBytes);
      } catch (error) {
        throw bodyError(error);
      }
      const call = path.read(headers, body, inForce.limits);
      facts.timing.lap("body");
      const token = bearerToken(headers.get("Authorization") ?? undefined);
      response = path.succeed(
        await dispatch({ address, token, call, facts, signal: request.signal }, inForce, broker),
        facts,
      );
    } catch (thrown) {
      const error = MeshError.from(thrown);
      code = error.code;
      if (code === "internal") log.error("a call failed", { error: thrown, callId: facts.callId, ...address });
      response = path.fail(error, facts);
    }
    metrics.observe({
      route: path.route,
      status: response.status,
      seconds: facts.timing.elapsedSeconds,
      address: isLabel(address, code, inForce) ? address : undefined,
      code,
    });
    return response;
  };
}

/** Whether the names may become a metric's labels. Those that callers make up under a `default` rule have no bound. */
function isLabel(address: FunctionAddress, code: ErrorCode | "ok", policy: Policy): boolean {
  if (ANSWERED.has(code)) return true;
  if (TURNED_AWAY.has(code)) return false;
  return policy.project(address.project)?.names(address.service, address.function) === true;
}

/** Answers every other method on a path: 405, with what is allowed. */
export function onlyPost(path: CallPath): Handler {
  return (c) => {
    const error = new MeshError("invalid_request", `functions are called with POST, not ${c.req.method}`, {
      status: 405,
    });
    const response = path.fail(error, requestFacts(c.req.raw.headers));
    response.headers.set("Allow", "POST, OPTIONS");
    return response;
  };
}
