import * as v from "valibot";
import { MeshError } from "../../../mesh/errors.ts";
import { segmentsOf } from "./subject.ts";

const MAX_ID_CHARACTERS = 128;
const MAX_QUEUE_CHARACTERS = 64;

const id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(MAX_ID_CHARACTERS));
const subject = v.pipe(v.string(), v.transform(segmentsOf));
const queue = v.pipe(
  v.string(),
  v.maxLength(MAX_QUEUE_CHARACTERS),
  v.check((text) => text.isWellFormed()),
);

const subscribeSchema = v.object({
  id,
  subject,
  queue: v.optional(queue, ""),
  project: v.optional(v.string()),
  token: v.optional(v.string()),
});
const unsubscribeSchema = v.object({ id });
const publishSchema = v.object({ subject });

/** What a client wants to hear. */
export type SubscribeRequest = v.InferOutput<typeof subscribeSchema>;

/** @throws MeshError `invalid_request` */
export function readSubscribe(data: unknown): SubscribeRequest {
  return read(subscribeSchema, data, 'subscribing takes {"id":"…","subject":"…","queue":"…"}');
}

/** @throws MeshError `invalid_request` */
export function readUnsubscribe(data: unknown): v.InferOutput<typeof unsubscribeSchema> {
  return read(unsubscribeSchema, data, 'unsubscribing takes the {"id":"…"} of a subscription');
}

/** @throws MeshError `invalid_request` */
export function readPublish(body: unknown): { readonly subject: readonly string[] } {
  return read(publishSchema, body, 'publishing takes {"subject":"…","data":…}');
}

function read<Output>(schema: v.GenericSchema<unknown, Output>, value: unknown, expected: string): Output {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const place = v.getDotPath(result.issues[0]);
  throw new MeshError("invalid_request", place === null ? expected : `${expected}; "${place}" is missing or wrong`);
}
