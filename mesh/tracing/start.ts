import type { Closable } from "../lifecycle.ts";
import type { Log } from "../log.ts";
import type { Tracing } from "../tracing.ts";
import { type Environment, otlpSettings } from "./otlp-settings.ts";

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

/** Where every copy of OpenTelemetry's API looks for what has been registered, and the member that is the provider. */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

// What was registered here: the next service of the same process must not take it for the user's own.
const ours = new WeakSet<object>();

/**
 * Starts tracing if somebody wants it: the user's code, by having registered a provider, or the environment, by naming an
 * OTLP endpoint. Otherwise OpenTelemetry is not even loaded: that would double the time a worker needs to start.
 */
export async function startTracing({ resource, env, log }: TracingOptions): Promise<RunningTracing> {
  const registered = registeredProvider();
  if (registered !== undefined && !ours.has(registered)) {
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
  if (registered === undefined) ours.add(registeredProvider() ?? {});
  return { tracing: openTelemetryTracing(exporting.provider), close: () => exporting.close() };
}

function registeredProvider(): object | undefined {
  return (globalThis as { [REGISTRY]?: { readonly trace?: object } })[REGISTRY]?.trace;
}
