import type { StoredEvent } from "../../mesh/event.ts";
import type { FunctionInput } from "../../mesh/function.ts";
import type { NewNotice } from "../../functions-service/store.ts";

/** A function as a client sends it. */
export function functionInput(label: string, change: Partial<FunctionInput> = {}): FunctionInput {
  return {
    label,
    description: "adds",
    template: "typescript",
    runtime: "bun",
    handler: "export default (data) => data",
    env: { LEVEL: "info" },
    secrets: { TOKEN: "token-of-the-shop" },
    dependencies: { zod: "4.0.0" },
    timeoutMs: 5000,
    ...change,
  };
}

/** An invocation that has begun. */
export function invocation(id: string, change: Partial<StoredEvent> = {}): StoredEvent {
  return {
    id,
    project: "shop",
    type: "FUNCTION_INVOCATION",
    status: "PENDING",
    timestamp: "2026-05-01T10:00:00.000Z",
    source: "arithmetic.sum",
    payload: { num1: 10, num2: 20 },
    invocationId: id,
    deadline: "2026-05-01T10:00:10.000Z",
    response: undefined,
    durationMs: undefined,
    error: undefined,
    traceId: "0af7651916cd43dd8448eb211c80319c",
    retryCount: 0,
    ...change,
  };
}

/** What is to be told of an event. */
export function notice(eventId: string, status = "pending", project = "shop"): NewNotice {
  return {
    id: `${eventId}-${status}`,
    project,
    eventId,
    routingKey: `${project}.arithmetic.sum.${status}`,
    body: JSON.stringify({ specversion: "1.0", id: `${eventId}-${status}` }),
  };
}
