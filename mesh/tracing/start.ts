import type { Closable } from "../lifecycle.ts";
import type { Log } from "../log.ts";
import type { Tracing } from "../tracing.ts";
import { type Environment, otlpSettings } from "./otlp-settings.ts";
import { hasUserProvider } from "./registered.ts";

/** Tracing of a process; closing sends the spans that are left. */
export interface RunningTracing extends Closable {
  /** `undefined` when nobody wants spans. */
  readonly tracing: Tracing | undefined;
}

/** What to trace and how it is called. */
export interface TracingOptions {
  /** What the process is, in the words of OpenTelemetry's resource conventions; the environment may say otherwise. */
  readonly resource: Readonly<Record<string, string>>;
  readonly env: Environment;
  readonly log: Log;
}

/** What a gateway is called where nobody calls it anything else. */
export const GATEWAY_RESOURCE = Object.freeze({ "service.name": "functions-mesh-gateway" });

/**
 * Starts tracing if somebody wants it: the user's code, by having registered a provider, or the environment, by naming an
 * OTLP endpoint. Otherwise OpenTelemetry is not even loaded: that would double the time a worker needs to start.
 */
export async function startTracing({ resource, env, log }: TracingOptions): Promise<RunningTracing> {
  if (hasUserProvider()) {
    const { registeredTracing } = await import("./opentelemetry.ts");
    return { tracing: registeredTracing(log), close: () => Promise.resolve() };
  }
  const settings = otlpSettings(env, log);
  if (settings === undefined) return { tracing: undefined, close: () => Promise.resolve() };

  const [{ openTelemetryTracing }, { otlpProvider }] = await Promise.all([
    import("./opentelemetry.ts"),
    import("./otlp.ts"),
  ]);
  const exporting = await otlpProvider(settings, { resource, log });
  return { tracing: openTelemetryTracing(exporting.provider), close: () => exporting.close() };
}
