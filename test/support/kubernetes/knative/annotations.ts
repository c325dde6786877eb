import type { Fields } from "../objects.ts";

const AUTOSCALING = "autoscaling.knative.dev/";
const AT = "spec.template.metadata.annotations";

type Check = (value: string) => string | undefined;

const number =
  (least: number): Check =>
  (value) =>
    /^\d+$/.test(value)
      ? Number(value) < least
        ? `expected ${least} <= ${value} <= 2147483647`
        : undefined
      : `invalid value: ${value}`;

const seconds =
  (least: number, most: number): Check =>
  (value) => {
    const read = durationSeconds(value);
    if (read === undefined) return `invalid value: ${value}`;
    return read < least || read > most ? `expected ${least}s <= ${value} <= ${most}s` : undefined;
  };

const among =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value) ? undefined : `invalid value: ${value}`;

const decimal: Check = (value) => (/^-?\d+(\.\d+)?$/.test(value) ? undefined : `invalid value: ${value}`);

const CHECKS: Readonly<Record<string, Check>> = {
  class: among("kpa.autoscaling.knative.dev", "hpa.autoscaling.knative.dev"),
  metric: among("concurrency", "rps", "cpu", "memory"),
  target: (value) => decimal(value) ?? (Number(value) < 0.01 ? `target ${value} should be at least 0.01` : undefined),
  "target-utilization-percentage": (value) =>
    decimal(value) ?? (Number(value) < 1 || Number(value) > 100 ? `expected 1 <= ${value} <= 100` : undefined),
  "target-burst-capacity": decimal,
  "min-scale": number(0),
  "max-scale": number(0),
  "initial-scale": number(0),
  "activation-scale": (value) =>
    number(0)(value) ?? (Number(value) < 2 ? `=${value} must be greater than 1` : undefined),
  window: seconds(6, 3600),
  "scale-down-delay": seconds(0, 3600),
  "scale-to-zero-pod-retention-period": seconds(0, 3600),
};

/** What is wrong with the annotations of a revision's template. */
export function* annotationFindings(annotations: Fields): Iterable<string> {
  for (const [name, value] of Object.entries(annotations)) {
    if (typeof value !== "string") {
      yield `json: cannot unmarshal ${typeof value} into Go struct field ObjectMeta.annotations of type string`;
      continue;
    }
    if (name === "serving.knative.dev/progress-deadline") {
      if ((durationSeconds(value) ?? 0) <= 0) yield `progress-deadline=${value} must be positive: ${AT}[${name}]`;
    } else if (name.startsWith(AUTOSCALING)) {
      const finding = CHECKS[name.slice(AUTOSCALING.length)]?.(value);
      if (finding !== undefined) yield `${finding}: ${AT}[${name}]`;
    }
  }
  const [min, max] = [
    Number(annotations[`${AUTOSCALING}min-scale`] ?? 0),
    Number(annotations[`${AUTOSCALING}max-scale`] ?? 0),
  ];
  if (max !== 0 && max < min) yield `max-scale=${max} is less than min-scale=${min}: ${AT}`;
}

/** A duration as Go reads it. */
export function durationSeconds(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit = "s"]) => sum + Number(amount) * (units[unit] ?? 1),
    0,
  );
}
