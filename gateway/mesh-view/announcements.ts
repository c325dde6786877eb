import * as v from "valibot";
import type { Message } from "../../mesh/broker.ts";

/** What instances say about themselves, as any services library may write it: Go says `null` for what is empty. */
const identity = {
  name: v.string(),
  id: v.string(),
  version: v.nullish(v.string(), ""),
  metadata: v.nullish(v.record(v.string(), v.string()), {}),
};

const recentSchema = v.object({
  window_seconds: v.number(),
  requests: v.number(),
  errors: v.number(),
  latency_ms: v.array(v.tuple([v.number(), v.number()])),
});

const endpointStatsSchema = v.object({
  name: v.string(),
  subject: v.nullish(v.string(), ""),
  num_requests: v.nullish(v.number(), 0),
  num_errors: v.nullish(v.number(), 0),
  last_error: v.nullish(v.string(), ""),
  processing_time: v.nullish(v.number(), 0),
  // Anybody's own: what is not as ours is nothing to us.
  data: v.fallback(v.optional(recentSchema), undefined),
});

const statsSchema = v.object({
  ...identity,
  started: v.nullish(v.string(), ""),
  endpoints: v.nullish(v.array(endpointStatsSchema), []),
});

const infoSchema = v.object({
  ...identity,
  description: v.nullish(v.string(), ""),
  endpoints: v.nullish(
    v.array(
      v.object({
        name: v.string(),
        subject: v.nullish(v.string(), ""),
        metadata: v.nullish(v.record(v.string(), v.string()), {}),
      }),
    ),
    [],
  ),
});

/** An instance's answer to `$SRV.STATS`. */
export type InstanceStats = v.InferOutput<typeof statsSchema>;
/** What it says about one of its functions. */
export type InstanceEndpoint = v.InferOutput<typeof endpointStatsSchema>;
/** An instance's answer to `$SRV.INFO`. */
export type InstanceInfo = v.InferOutput<typeof infoSchema>;

/** `undefined` for an answer that is none: whoever may join the broker may say anything. */
export function readStats(message: Message): InstanceStats | undefined {
  return read(statsSchema, message);
}

/** As {@link readStats}. */
export function readInfo(message: Message): InstanceInfo | undefined {
  return read(infoSchema, message);
}

function read<T>(schema: v.GenericSchema<unknown, T>, { payload }: Message): T | undefined {
  const json = v.pipe(v.string(), v.parseJson(), schema);
  const parsed = v.safeParse(json, new TextDecoder().decode(payload));
  return parsed.success ? parsed.output : undefined;
}
