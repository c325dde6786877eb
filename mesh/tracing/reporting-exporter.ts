import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Log } from "../log.ts";

/** Says once that spans are being lost, and once that they arrive again: a dead collector must not fill the log. */
export function reportingExporter(
  exporter: SpanExporter,
  { destination, log }: { destination: string; log: Log },
): SpanExporter {
  let isLosing = false;
  const report = ({ code, error }: ExportResult): void => {
    const hasFailed = code === ExportResultCode.FAILED;
    if (hasFailed === isLosing) return;
    isLosing = hasFailed;
    if (hasFailed)
      log.warn("traces are lost: the collector does not take them", { destination, reason: error?.message });
    else log.info("the collector takes traces again", { destination });
  };
  return {
    export: (spans: ReadableSpan[], done: (result: ExportResult) => void) =>
      exporter.export(spans, (result) => {
        report(result);
        // What could be said has been said; the processor would only say it again.
        done({ code: ExportResultCode.SUCCESS });
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}
