import { type ServiceDefinition, defineService } from "../../worker-service/service.ts";
import type { Context } from "../../worker-service/context.ts";
import { PublicError } from "../../worker-service/public-error.ts";

/** What the function `about` tells of the call it answers. */
export interface CallFacts {
  readonly callId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly leftMs: number;
  readonly deadlineMs: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly idempotencyKey?: string;
}

/** A service whose functions show what the gateway makes of a call and of its outcome. */
export const probe: ServiceDefinition = defineService("probe", {
  echo: (params: unknown) => params,
  kind: (params: unknown) => (params instanceof Uint8Array ? `${params.length} bytes` : typeof params),
  nothing: () => undefined,
  text: () => "naïve ✓",
  list: () => [1, "two", null],
  bytes: () => Uint8Array.of(0, 255, 13, 10, 0),
  about: (_params: unknown, context: Context): CallFacts => ({
    callId: context.callId,
    claims: context.claims,
    deadlineMs: context.deadlineMs,
    leftMs: context.deadlineMs - Date.now(),
    requestId: context.requestId,
    traceId: context.trace.traceId,
    ...(context.idempotencyKey !== undefined && { idempotencyKey: context.idempotencyKey }),
  }),
  break: () => {
    throw new Error("password=hunter2");
  },
  refuse: () => {
    throw new PublicError("only 3 left", { status: 409, reason: "out_of_stock", data: { left: 3 } });
  },
  never: () => new Promise(() => undefined),
});
