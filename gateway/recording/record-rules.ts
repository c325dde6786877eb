import type { Keep, RecordRule, RecordSettings } from "../recording.ts";
import { createSelector } from "../rules/select.ts";
import { type RedactionRoot, redaction } from "./redaction.ts";

/** The part of a project's configuration that says which calls are recorded. */
type RecordedServices = Parameters<typeof createSelector<{ readonly record?: RecordSettings }, RecordRule>>[0];

/** Compiles what a project records, found as rules are; `undefined` when that is nothing. */
export function createRecordSelector(
  services: RecordedServices,
): ((service: string, name: string) => RecordRule | undefined) | undefined {
  const isRecorded = Object.values(services).some(({ functions = {} }) =>
    Object.values(functions).some(({ record }) => record !== undefined && record.mode !== "off"),
  );
  if (!isRecorded) return undefined;
  // `off` is something that is said: what `default` says does not count then.
  const selector = createSelector(services, ({ record }) => record && compile(record));
  return (service, name) => selector.select(service, name)?.rule;
}

function compile({ mode, required, redact, maxBytes }: RecordSettings): { readonly rule: RecordRule | undefined } {
  if (mode === "off") return { rule: undefined };
  const keep = (part: RedactionRoot): Keep | undefined =>
    mode === "full" ? { redact: redaction(redact, part), maxBytes } : undefined;
  return { rule: { isRequired: required, payload: keep("payload"), response: keep("response") } };
}
