import type { Context, Handler } from "hono";
import type { Reply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { Log } from "../mesh/log.ts";
import type { FunctionAddress } from "../mesh/names.ts";
import type { Tracing } from "../mesh/tracing.ts";
import { bearerToken } from "./auth/bearer-token.ts";
import { authenticate } from "./authorize.ts";
import { type TakenBody, takeBody } from "./body.ts";
import { noteOutcome } from "./call-outcome.ts";
import { type RequestedCall, dispatch } from "./dispatch.ts";
import { HttpSpan } from "./http-span.ts";
import type { MeshLink } from "./mesh-link.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { Limits, LivePolicy, Policy } from "./policy.ts";
import { type RequestFacts, requestFacts } from "./request-facts.ts";

/** One way to call functions over HTTP: how it reads a request and how it speaks of the outcome. */
export interface CallPath {
  /** Hono pattern with the parameters `project`, `service` and `function`, but for those that `address` gives. */
  readonly route: string;
  readonly methods: readonly string[];
  /**
   * What the route does not say of the function that is called.
   * @throws MeshError `invalid_request` when the request does not say it either.
   */
  address?(request: Request, policy: Policy): Partial<FunctionAddress>;
  /** When a body is held as a whole, however large: `for rules` that look at the params, because those are in it. */
  readonly holdsBody: "always" | "for rules" | "never";
  /**
   * @param by.isOpen whether the rule asks for no token, so that one in the request is for the service.
   * @throws MeshError `invalid_request` when the request cannot be understood.
   */
  read(request: Request, body: TakenBody, by: { limits: Limits; isOpen: boolean }): RequestedCall;
  /** @throws MeshError `bad_reply` when the reply cannot be carried. */
  succeed(reply: Reply, facts: RequestFacts, request: Request, policy: Policy): Response | Promise<Response>;
  fail(error: MeshError, facts: RequestFacts): Response;
}

/** What calls need, whatever their path. */
export interface CallParts {
  readonly link: MeshLink;
  readonly policy: LivePolicy;
  readonly metrics: GatewayMetrics;
  readonly log: Log;
  /** Where the spans of requests go; without it there are none. */
  readonly tracing?: Tracing | undefined;
  /** Lets the connection of a request be silent for as long as it likes, where the platform has a limit for that. */
  readonly keepOpen?: (request: Request) => void;
}

/** Answers calls on a path: who calls, what, send, respond, count. Never throws. */
export function callHandler(path: CallPath, parts: CallParts): Handler {
  const { policy, tracing } = parts;
  return async (c: Context): Promise<Response> => {
    const request = c.req.raw;
    const span = tracing === undefined ? undefined : new HttpSpan(tracing, request, path.route);
    const facts = requestFacts(request.headers, span?.context);
    // A configuration saved from here on is the next call's.
    const inForce = policy.current;
    let address: FunctionAddress | undefined;
    let response: Response;
    let thrown: unknown;
    let error: MeshError | undefined;
    try {
      address = addressOf(c, path, inForce);
      const asked = { request, address, facts, span };
      response = await (span === undefined
        ? answer(path, asked, inForce, parts)
        : span.run(() => answer(path, asked, inForce, parts)));
    } catch (failure) {
      thrown = failure;
      error = MeshError.from(failure);
      response = path.fail(error, facts);
    }
    span?.answered(response, error);
    noteOutcome(parts, { route: path.route, status: response.status, facts, address, policy: inForce, thrown });
    return response;
  };
}

/** A request for a call. */
interface Asked {
  readonly request: Request;
  readonly address: FunctionAddress;
  readonly facts: RequestFacts;
  readonly span: HttpSpan | undefined;
}

async function answer(
  path: CallPath,
  { request, address, facts, span }: Asked,
  policy: Policy,
  parts: CallParts,
): Promise<Response> {
  const { headers } = request;
  const { limits } = policy;
  const project = policy.project(address.project);
  const admitted = authenticate(project, address, bearerToken(headers.get("Authorization") ?? undefined));
  const caller = admitted instanceof Promise ? await admitted : admitted;
  if (caller.token !== undefined) facts.timing.lap("auth");

  const isWhole = path.holdsBody === "always" || (path.holdsBody === "for rules" && caller.rule.needsParams);
  const maxBytes = limits.maxBodyBytes;
  const inlineBytes = isWhole ? maxBytes : Math.min(maxBytes, parts.link.roomBytes);
  const body = await takeBody(request, { maxBytes, inlineBytes });
  const call = path.read(request, body, { limits, isOpen: caller.token === undefined });
  facts.timing.lap("body");

  const { brokenOff } = body;
  const asker = brokenOff === undefined ? request : { signal: AbortSignal.any([request.signal, brokenOff]) };
  const begun = await dispatch({ address, caller, call, facts, asker }, project, parts.link);
  const reply = span === undefined ? begun : span.follow(begun);
  if (reply.stream !== undefined) parts.keepOpen?.(request);
  try {
    const response = path.succeed(reply, facts, request, policy);
    return response instanceof Promise ? await response : response;
  } catch (error) {
    // Nobody reads a reply that cannot be carried; that it cannot be cancelled either is its writer's business.
    reply.stream?.bytes.cancel().catch(() => undefined);
    throw error;
  }
}

function addressOf(c: Context, path: CallPath, policy: Policy): FunctionAddress {
  const names = c.req.param() as unknown as FunctionAddress; // together with what the path itself gives
  return path.address === undefined ? names : { ...names, ...path.address(c.req.raw, policy) };
}

/** Answers every other method on a path: 405, with what is allowed. */
export function notAllowed(path: CallPath): Handler {
  return (c) => {
    const error = new MeshError("invalid_request", `functions are called with POST, not ${c.req.method}`, {
      status: 405,
    });
    const response = path.fail(error, requestFacts(c.req.raw.headers));
    response.headers.set("Allow", "POST, OPTIONS");
    return response;
  };
}
