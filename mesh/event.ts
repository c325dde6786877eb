import * as v from "valibot";

/** Event types that are known by name; any other in capitals may be used as well. */
export const EVENT_TYPES = [
  "FUNCTION_INVOCATION",
  "USER_CREATED",
  "ORDER_PLACED",
  "PAYMENT_PROCESSED",
  "ITEM_SHIPPED",
  "OTHER",
] as const;

/** How an event stands. `PENDING` becomes one of the others, once. */
export const EVENT_STATUSES = ["PENDING", "SUCCESS", "FAILURE"] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** Words that older clients use for the same. */
const OLD_STATUSES: Readonly<Record<string, EventStatus>> = { PROCESSED: "SUCCESS", FAILED: "FAILURE" };

const type = v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,63}$/, "use capitals, digits and _, like ORDER_PLACED"));

/** A status as clients write it: the older words are taken for the newer ones. */
export const eventStatusSchema = v.pipe(
  v.string(),
  v.transform((status) => OLD_STATUSES[status] ?? status),
  v.picklist(EVENT_STATUSES),
);

/** What a client sends to record an event of its own. */
export const eventInputSchema = v.object({
  type,
  status: v.optional(eventStatusSchema, "PENDING"),
  source: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  payload: v.optional(v.unknown()),
});
export type EventInput = v.InferOutput<typeof eventInputSchema>;

/** One thing that happened; of an invocation there is one, whose status changes when it ends. */
export interface StoredEvent {
  /** UUID; of an invocation, the call's id. */
  readonly id: string;
  readonly project: string;
  readonly type: string;
  readonly status: EventStatus;
  /** When it happened or began: RFC 3339 with milliseconds. */
  readonly timestamp: string;
  /** A stored function's label, `<service>.<function>` of another one, or what the client said. */
  readonly source: string;
  readonly payload: unknown;
  /** Only of invocations, like all that follows. */
  readonly invocationId: string | undefined;
  /** When its caller stops waiting: RFC 3339 with milliseconds. One that is pending after it has lost its record of the end. */
  readonly deadline: string | undefined;
  readonly response: unknown;
  readonly durationMs: number | undefined;
  /** Code and public text of what went wrong. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly traceId: string | undefined;
  readonly retryCount: number;
}

/** How an event ended. */
export interface EventOutcome {
  readonly id: string;
  readonly status: Exclude<EventStatus, "PENDING">;
  readonly response?: unknown;
  readonly durationMs?: number;
  readonly error?: StoredEvent["error"];
}
