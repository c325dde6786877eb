import { type TracerProvider as ApiTracerProvider, context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { newTraceId, randomHex } from "../ids.ts";
import type { Closable } from "../lifecycle.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import type { OtlpSettings } from "./otlp-settings.ts";
import { claimRegistered } from "./registered.ts";
import { reportingExporter } from "./reporting-exporter.ts";

/**
 * A provider whose spans go to a collector. Closing sends what is left, and waits for two seconds at most; the exporter
 * may go on trying behind it, so that a process that wants to end then has to say so (`process.exit`).
 */
export interface OtlpProvider extends Closable {
  readonly provider: ApiTracerProvider;
}

/** Longest that the end of a process waits for its last spans to be taken. */
const LAST_EXPORT_MS = 2000;

/**
 * Starts exporting spans over OTLP/HTTP. Endpoint, headers, timeout, compression and certificates are read from the
 * environment by the exporter. Unless another provider is there, the user's code finds this one.
 */
export async function otlpProvider(
  settings: OtlpSettings,
  { resource, log }: { readonly resource: Readonly<Record<string, string>>; readonly log: Log },
): Promise<OtlpProvider> {
  const { destination, batch } = settings;
  const exporter = reportingExporter(await otlpExporter(settings), { destination, log });
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes(resource))
      // What the environment says wins.
      .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] })),
    sampler: samplerOf(settings),
    idGenerator: { generateTraceId: newTraceId, generateSpanId: () => randomHex(8) },
    spanProcessors: [new BatchSpanProcessor({ exporter, ...batch })],
  });
  const unregister = register(provider);
  return {
    provider,
    close: async () => {
      unregister();
      await withinLimit(provider.shutdown(), () =>
        log.warn("the last traces are lost: the collector did not take them in time", { destination }),
      );
    },
  };
}

async function otlpExporter({ protocol }: OtlpSettings): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === "http/json"
      ? await import("@opentelemetry/exporter-trace-otlp-http")
      : await import("@opentelemetry/exporter-trace-otlp-proto");
  return new OTLPTraceExporter();
}

function samplerOf({ sampler, samplerRatio }: OtlpSettings): Sampler {
  const [, parentBased, kind] = /^(parentbased_)?(.+)$/.exec(sampler) ?? [];
  const root =
    kind === "traceidratio"
      ? new TraceIdRatioBasedSampler(samplerRatio)
      : kind === "always_off"
        ? new AlwaysOffSampler()
        : new AlwaysOnSampler();
  return parentBased === undefined ? root : new ParentBasedSampler({ root });
}

/** Makes the provider the one that the user's code finds, and returns how to take that back. */
function register(provider: ApiTracerProvider): () => void {
  if (!trace.setGlobalTracerProvider(provider)) return () => undefined;
  claimRegistered();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  return () => {
    trace.disable();
    context.disable();
    propagation.disable();
  };
}

async function withinLimit(work: Promise<void>, onLate: () => void): Promise<void> {
  const done = new AbortController();
  const late = pause(LAST_EXPORT_MS, done.signal);
  const isDone = await Promise.race([work.then(() => true), late.then(() => false)]);
  done.abort();
  if (!isDone) onLate();
}
