import * as v from "valibot";
import type { Message } from "./broker.ts";
import { MeshError } from "./errors.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The most queue subscriptions per function that an instance holds. */
export const MAX_SHARE = 100;

/** What an instance may be asked to change, on its own subject; `{}` only asks how it does. */
export const instanceRequestSchema = v.object({
  /** How many queue subscriptions per function it is to hold: the broker picks among all of a group's at random. */
  share: v.exactOptional(v.pipe(count, v.maxValue(MAX_SHARE))),
});
export type InstanceRequest = v.InferOutput<typeof instanceRequestSchema>;

const reportSchema = v.object({
  share: count,
  /** Calls that it runs, and those that wait for their turn. */
  running: count,
  waiting: count,
  /** Calls that it took since it started: whether it has anything to do cannot be seen at a moment. */
  calls: v.optional(count, 0),
  version: count,
});

/** How an instance of a deployed function does: told when it is up, and when it is asked. */
export type InstanceReport = v.InferOutput<typeof reportSchema>;

/** @throws MeshError `invalid_request` for what an instance cannot be asked for. */
export function parseInstanceRequest({ payload }: Pick<Message, "payload">): InstanceRequest {
  const text = payload.length === 0 ? "{}" : new TextDecoder().decode(payload);
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), instanceRequestSchema), text);
  if (result.success) return result.output;
  const given = `an instance is asked with {"share": …}, a whole number from 0 to ${MAX_SHARE}, or with {}`;
  throw new MeshError("invalid_request", given);
}

/** @throws MeshError `bad_reply` for what no instance says. */
export function parseInstanceReport({ payload }: Pick<Message, "payload">): InstanceReport {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), reportSchema), new TextDecoder().decode(payload));
  if (result.success) return result.output;
  throw new MeshError("bad_reply", "an instance answered with something that is no report of one");
}
