import type { EventBegun, EventEnded } from "../../functions-service/store.ts";
import type { FunctionInput } from "../../mesh/function.ts";

/** A function as a client sends it. */
export function functionInput(label: string, change: Partial<FunctionInput> = {}): FunctionInput {
  return {
    label,
    description: "adds",
    template: "typescript",
    runtime: "bun",
    handler: "export default (data) => data",
    env: { LEVEL: "info" },
    secrets: { TOKEN: "shop/token" },
    dependencies: { zod: "4.0.0" },
    timeoutMs: 5000,
    scale: { min: 1, max: 4, concurrency: 8, idleSeconds: 30 },
    resources: { memory: "128Mi", cpu: "500m" },
    network: "full",
    ...change,
  };
}

/** Facts about an invocation of "arithmetic.sum". */
const FACTS = {
  type: "FUNCTION_INVOCATION",
  source: "arithmetic.sum",
  startedAt: Date.parse("2026-05-01T10:00:00.000Z"),
  traceId: "0af7651916cd43dd8448eb211c80319c",
  isInvocation: true,
};

/** An invocation begins. */
export function begun(id: string, change: Partial<EventBegun> = {}): EventBegun {
  const deadlineMs = FACTS.startedAt + 10_000;
  return { id, change: "begun", ...FACTS, status: "PENDING", payload: { num1: 10, num2: 20 }, deadlineMs, ...change };
}

/** An invocation ends. */
export function ended(id: string, change: Partial<EventEnded> = {}): EventEnded {
  const endedAt = FACTS.startedAt + 2;
  return { id, change: "ended", ...FACTS, status: "SUCCESS", endedAt, durationMs: 1.5, ...change };
}
