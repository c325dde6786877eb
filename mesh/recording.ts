import * as v from "valibot";
import { EVENT_STATUSES } from "./event.ts";
import { MeshError } from "./errors.ts";
import type { FunctionAddress } from "./names.ts";

/**
 * How invocations get from the gateway, which has no database, to the functions service of their project: in batches of
 * JSON, by request and reply at `recordSubject`. The reply comes when all of a batch is durable. A batch may be sent again.
 */
export interface RecordBatch {
  readonly begun: readonly Beginning[];
  readonly ended: readonly Ending[];
}

/** Milliseconds since the epoch: no more than a date holds (ECMA-262, 21.4.1.1). */
const instant = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15));

const facts = {
  /** The call's id. */
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,64}$/)),
  /** See {@link sourceOf}. */
  source: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  startedAt: instant,
  traceId: v.string(),
};

const beginningSchema = v.object({
  ...facts,
  /** When the caller stops waiting. */
  deadlineMs: instant,
  payload: v.optional(v.unknown()),
});

const endingSchema = v.object({
  ...facts,
  status: v.picklist(EVENT_STATUSES.filter((status) => status !== "PENDING")),
  durationMs: v.pipe(v.number(), v.minValue(0)),
  response: v.optional(v.unknown()),
  error: v.optional(v.object({ code: v.string(), message: v.string() })),
});

const batchSchema = v.object({ begun: v.array(beginningSchema), ended: v.array(endingSchema) });

/** An invocation that is about to be sent to its worker. */
export type Beginning = v.InferOutput<typeof beginningSchema>;

/** An invocation that has ended. It says all that is told of it, so that nobody has to look up how it began. */
export type Ending = v.InferOutput<typeof endingSchema>;

/** The function that a stored function is, in the service of its label. */
const STORED_FUNCTION = "handler";

/** What an invocation's record says it was of: a stored function's label, `<service>.<function>` of any other. */
export function sourceOf({ service, function: name }: Omit<FunctionAddress, "project">): string {
  return name === STORED_FUNCTION ? service : `${service}.${name}`;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A batch on the wire. Its records come as JSON already. */
export function encodeBatch(begun: readonly string[], ended: readonly string[]): Uint8Array {
  return encoder.encode(`{"begun":[${begun.join(",")}],"ended":[${ended.join(",")}]}`);
}

/** @throws MeshError `invalid_request` for what is no batch. */
export function decodeBatch(payload: Uint8Array): RecordBatch {
  try {
    return v.parse(batchSchema, JSON.parse(decoder.decode(payload)));
  } catch (error) {
    throw new MeshError("invalid_request", "the batch of invocations is not valid", { cause: error });
  }
}
