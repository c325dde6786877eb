import * as v from "valibot";
import type { Log } from "../log.ts";

/** The process's environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about exporting spans, as far as the exporter does not read it itself. */
export interface OtlpSettings {
  /** Where spans are sent, without credentials: for logs. */
  readonly destination: string;
  readonly protocol: "http/protobuf" | "http/json";
  readonly sampler: (typeof SAMPLERS)[number];
  /** Share of the traces to keep, for the samplers that ask: 0 to 1. */
  readonly samplerRatio: number;
  readonly batch: {
    readonly scheduledDelayMillis: number;
    readonly exportTimeoutMillis: number;
    readonly maxQueueSize: number;
    readonly maxExportBatchSize: number;
  };
}

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

const ratio = v.pipe(v.string(), v.nonEmpty(), v.transform(Number), v.number(), v.minValue(0), v.maxValue(1));
const milliseconds = v.pipe(v.string(), v.nonEmpty(), v.transform(Number), v.number(), v.integer(), v.minValue(0));
const size = v.pipe(milliseconds, v.minValue(1));

/**
 * Reads OpenTelemetry's environment variables; `undefined` when they ask for no spans or name no endpoint. As the
 * specification asks, a value that makes no sense is warned about and then counts as not given.
 */
export function otlpSettings(env: Environment, log: Log): OtlpSettings | undefined {
  const read = <T>(name: string, schema: v.GenericSchema<string, T>, fallback: T): T => {
    const text = env[name]?.trim();
    // Empty is how an environment file says "not set".
    if (text === undefined || text === "") return fallback;
    const parsed = v.safeParse(schema, text);
    if (parsed.success) return parsed.output;
    log.warn(`${name} is "${text}", which cannot be used; going on with "${String(fallback)}"`);
    return fallback;
  };

  if (read("OTEL_SDK_DISABLED", v.pipe(v.string(), v.toLowerCase()), "false") === "true") return undefined;
  const exporter = read("OTEL_TRACES_EXPORTER", v.picklist(["otlp", "none"]), "otlp");
  const destination = destinationOf(env, log);
  if (exporter === "none" || destination === undefined) return undefined;

  const protocols = v.picklist(["http/protobuf", "http/json"]);
  const shared = read("OTEL_EXPORTER_OTLP_PROTOCOL", protocols, "http/protobuf");
  return {
    destination,
    protocol: read("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", protocols, shared),
    sampler: read("OTEL_TRACES_SAMPLER", v.picklist(SAMPLERS), "parentbased_always_on"),
    samplerRatio: read("OTEL_TRACES_SAMPLER_ARG", ratio, 1),
    batch: {
      scheduledDelayMillis: read("OTEL_BSP_SCHEDULE_DELAY", milliseconds, 5000),
      exportTimeoutMillis: read("OTEL_BSP_EXPORT_TIMEOUT", milliseconds, 30_000),
      maxQueueSize: read("OTEL_BSP_MAX_QUEUE_SIZE", size, 2048),
      maxExportBatchSize: read("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", size, 512),
    },
  };
}

function destinationOf(env: Environment, log: Log): string | undefined {
  for (const name of ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]) {
    const text = env[name];
    if (text === undefined || text.trim() === "") continue;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol === "http:" || url?.protocol === "https:") return url.origin;
    // Not quoted: what is no URL may still hold a password.
    log.warn(`${name} is no URL like "http://localhost:4318"; no traces are sent`);
    return undefined;
  }
  return undefined;
}
