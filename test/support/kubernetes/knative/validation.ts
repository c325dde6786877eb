import { type Fields, fieldsOf, isSame, type KubeObject, listOf, textOf } from "../objects.ts";
import { denied } from "../status.ts";
import { annotationFindings } from "./annotations.ts";
import { FLAGGED } from "./declared-fields.ts";

const RESERVED_ENV = ["PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"];
const RESERVED_PORTS = [8008, 8012, 8013, 8022, 9090, 9091];

/** Refuses a Service in the words of Knative's webhook. */
export function validateService(service: KubeObject, before: KubeObject | undefined): void {
  const findings = [
    ...revisionName(service),
    ...annotationFindings(fieldsOf(service.spec, "template", "metadata", "annotations")),
    ...revisionSpec(fieldsOf(service.spec, "template", "spec")),
    ...traffic(listOf(service.spec?.["traffic"])),
    ...changedWithoutName(service, before),
  ];
  if (findings.length > 0) throw denied(findings);
}

function* revisionName({ metadata, spec }: KubeObject): Iterable<string> {
  const name = fieldsOf(spec, "template", "metadata")["name"];
  if (typeof name === "string" && !name.startsWith(`${metadata.name}-`)) {
    yield `invalid value: "${name}" must have prefix "${metadata.name}-": spec.template.metadata.name`;
  }
}

function* revisionSpec(spec: Fields): Iterable<string> {
  const at = "spec.template.spec";
  for (const name of FLAGGED) if (name in spec) yield `must not set the field(s): ${at}.${name}`;
  const timeout = Number(spec["timeoutSeconds"] ?? 300);
  if (timeout > 600) yield `expected 0 <= ${timeout} <= 600: ${at}.timeoutSeconds`;
  for (const name of ["responseStartTimeoutSeconds", "idleTimeoutSeconds"]) {
    const seconds = Number(spec[name] ?? 0);
    if (seconds > timeout) yield `expected 0 <= ${seconds} <= ${timeout}: ${at}.${name}`;
  }
  const concurrency = Number(spec["containerConcurrency"] ?? 0);
  if (concurrency < 0 || concurrency > 1000) {
    yield `expected 0 <= ${concurrency} <= 1000: ${at}.containerConcurrency`;
  }
  const containers = listOf(spec["containers"]);
  if (containers.length === 0) yield `missing field(s): ${at}.containers`;
  for (const [index, container] of containers.entries())
    yield* containerFindings(container, `${at}.containers[${index}]`);
}

function* containerFindings(container: Fields, at: string): Iterable<string> {
  if (container["image"] === undefined) yield `missing field(s): ${at}.image`;
  for (const { name } of listOf(container["env"])) {
    if (RESERVED_ENV.includes(textOf(name))) yield `"${textOf(name)}" is a reserved environment variable: ${at}.env`;
  }
  for (const { name, containerPort } of listOf(container["ports"])) {
    if (name !== undefined && !["", "http1", "h2c"].includes(textOf(name))) {
      yield `Port name ${textOf(name)} is not allowed: ${at}.ports\nName must be empty, or one of: 'h2c', 'http1'`;
    }
    if (RESERVED_PORTS.includes(Number(containerPort))) {
      yield `${textOf(containerPort)} is a reserved port: ${at}.ports.containerPort`;
    }
  }
  const probe = fieldsOf(container, "readinessProbe");
  if (probe["periodSeconds"] === 0 && probe["timeoutSeconds"] !== undefined) {
    yield `must not set the field(s): ${at}.readinessProbe.timeoutSeconds`;
  }
}

function* traffic(targets: readonly Fields[]): Iterable<string> {
  const sum = targets.reduce((total, { percent }) => total + Number(percent ?? 0), 0);
  if (sum !== 100) yield `Traffic targets sum to ${sum}, want 100: spec.traffic`;
  const tags = targets.map(({ tag }) => tag).filter((tag) => tag !== undefined);
  const double = tags.find((tag, index) => tags.indexOf(tag) !== index);
  if (double !== undefined)
    yield `Multiple definitions for "${textOf(double)}": spec.traffic[${tags.lastIndexOf(double)}].tag`;
  for (const [index, { revisionName: name, latestRevision }] of targets.entries()) {
    if (name !== undefined && latestRevision === true) {
      yield `may not set revisionName "${textOf(name)}" when latestRevision is true: spec.traffic[${index}].latestRevision`;
    }
  }
}

function* changedWithoutName({ spec }: KubeObject, before: KubeObject | undefined): Iterable<string> {
  const [now, then] = [fieldsOf(spec, "template"), fieldsOf(before?.spec, "template")];
  const name = fieldsOf(now, "metadata")["name"];
  if (name === undefined || name !== fieldsOf(then, "metadata")["name"] || isSame(now, then)) return;
  const difference = `{*v1.RevisionTemplateSpec}:\n\t-: ${JSON.stringify(then)}\n\t+: ${JSON.stringify(now)}`;
  yield `Saw the following changes without a name change (-old +new): spec.template\n${difference}`;
}
