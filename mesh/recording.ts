import * as v from "valibot";
import { EVENT_STATUSES } from "./event.ts";
import { MeshError } from "./errors.ts";
import type { FunctionAddress } from "./names.ts";

/**
 * How invocations get from the gateway, which has no database, to the functions service of their project: in batches of
 * JSON, by request and reply at `recordSubject`. The reply comes when all of a batch is durable. A batch may be sent again.
 * One that begins something may be refused as `overloaded`; nothing of it is recorded then, and endings alone are still taken.
 */
export interface RecordBatch {
  readonly begun: readonly Beginning[];
  readonly ended: readonly Ending[];
}

const ID = /^[A-Za-z0-9-]{1,64}$/;
const MAX_SOURCE = 200;
/** No more milliseconds since the epoch than a date holds (ECMA-262, 21.4.1.1). */
const LAST_INSTANT = 8.64e15;
const END_STATUSES = EVENT_STATUSES.filter((status) => status !== "PENDING");

const instant = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LAST_INSTANT));

const facts = {
  /** The call's id. */
  id: v.pipe(v.string(), v.regex(ID)),
  /** See {@link sourceOf}. */
  source: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_SOURCE)),
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
  status: v.picklist(END_STATUSES),
  endedAt: instant,
  durationMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
  response: v.optional(v.unknown()),
  error: v.optional(v.object({ code: v.string(), message: v.string() })),
});

/** What a batch is; {@link decodeBatch} says the same, faster. */
export const batchSchema = v.object({ begun: v.array(beginningSchema), ended: v.array(endingSchema) });

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

const [HEAD, MIDDLE, TAIL] = ['{"begun":[', '],"ended":[', "]}"].map((text) => encoder.encode(text)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const COMMA = 0x2c;

/** The same of lists that are encoded already, without their brackets; none of them is empty. */
export function joinBatch(begun: readonly Uint8Array[], ended: readonly Uint8Array[]): Uint8Array {
  const lengthOf = (lists: readonly Uint8Array[]): number => lists.reduce((sum, { length }) => sum + length + 1, 0);
  const batch = new Uint8Array(HEAD.length + lengthOf(begun) + MIDDLE.length + lengthOf(ended) + TAIL.length);
  let end = 0;
  const add = (bytes: Uint8Array): void => {
    batch.set(bytes, end);
    end += bytes.length;
  };
  const addAll = (lists: readonly Uint8Array[]): void => {
    for (const [place, list] of lists.entries()) {
      if (place > 0) batch[end++] = COMMA;
      add(list);
    }
  };
  add(HEAD);
  addAll(begun);
  add(MIDDLE);
  addAll(ended);
  add(TAIL);
  return batch.subarray(0, end);
}

/** @throws MeshError `invalid_request` for what is no batch. */
export function decodeBatch(payload: Uint8Array): RecordBatch {
  return parseBatch(batchJson(payload));
}

/** A message as {@link parseBatch} reads it. @throws MeshError `invalid_request` for what is no text. */
export function batchJson(payload: Uint8Array): string {
  try {
    return decoder.decode(payload);
  } catch (error) {
    throw notValid(error);
  }
}

/** @throws MeshError `invalid_request` for what is no batch. */
export function parseBatch(json: string): RecordBatch {
  try {
    const batch: unknown = JSON.parse(json);
    return readBatch(batch) ?? v.parse(batchSchema, batch);
  } catch (error) {
    throw notValid(error);
  }
}

function notValid(cause: unknown): MeshError {
  return new MeshError("invalid_request", "the batch of invocations is not valid", { cause });
}

/** JSON that was not looked at yet. */
type Unread = Readonly<Partial<Record<string, unknown>>>;

/**
 * What the schema accepts, as it gives it, for a tenth of the time: that is most of what a record costs its recorder.
 * `undefined` leaves it to the schema to say what is wrong.
 */
function readBatch(batch: unknown): RecordBatch | undefined {
  if (!isObject(batch)) return undefined;
  const begun = readAll(batch["begun"], readBeginning);
  const ended = readAll(batch["ended"], readEnding);
  return begun && ended && { begun, ended };
}

function readAll<Record>(list: unknown, read: (item: Unread) => Record | undefined): Record[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const records: Record[] = [];
  for (const item of list as unknown[]) {
    const record = isObject(item) ? read(item) : undefined;
    if (record === undefined) return undefined;
    records.push(record);
  }
  return records;
}

function readBeginning({ id, source, startedAt, traceId, deadlineMs, payload }: Unread): Beginning | undefined {
  if (!isId(id) || !isSource(source) || !isInstant(startedAt) || typeof traceId !== "string") return undefined;
  if (!isInstant(deadlineMs)) return undefined;
  return { id, source, startedAt, traceId, deadlineMs, payload };
}

function readEnding(ending: Unread): Ending | undefined {
  const { id, source, startedAt, traceId, endedAt, durationMs, response } = ending;
  if (!isId(id) || !isSource(source) || !isInstant(startedAt) || typeof traceId !== "string") return undefined;
  const status = END_STATUSES.find((known) => known === ending["status"]);
  if (status === undefined || !isInstant(endedAt)) return undefined;
  if (typeof durationMs !== "number" || !(durationMs >= 0 && durationMs < Infinity)) return undefined;
  const facts = { id, source, startedAt, traceId, status, endedAt, durationMs, response };
  if (ending["error"] === undefined) return facts;
  const error = readError(ending["error"]);
  return error && { ...facts, error };
}

function readError(error: unknown): Ending["error"] {
  if (!isObject(error)) return undefined;
  const { code, message } = error;
  return typeof code === "string" && typeof message === "string" ? { code, message } : undefined;
}

function isObject(value: unknown): value is Unread {
  return typeof value === "object" && value !== null;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

function isSource(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_SOURCE;
}

function isInstant(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LAST_INSTANT;
}
