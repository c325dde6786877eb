import { type FunctionAddress, checkAddress, checkName, isName } from "./names.ts";
import type { ServiceVerb } from "./service-info.ts";

/*
 * The subjects of the mesh on its broker. Nothing else may build any.
 */

/** First token of every function's subject. */
export const FUNCTION_PREFIX = "fn";

/** First token of the subjects at which callers give up. */
const CANCEL_PREFIX = "cancel";

/** First token of the subjects of log lines, and of those at which the last ones are asked for. */
const LOG_PREFIX = "log";
const RECENT_LOGS_PREFIX = "log-recent";

/** First token of the subjects at which invocations are recorded. */
const RECORD_PREFIX = "record";

/** First token of the subjects at which calls arrive that nobody serves at the moment. */
const IDLE_PREFIX = "idle";

/** First token of the subjects at which instances are asked which calls they run. */
export const HELD_PREFIX = "held";

/** First tokens of the subjects at which whoever started an instance talks to it, and is told that it is up. */
const INSTANCE_PREFIX = "instance";
const INSTANCE_UP_PREFIX = "instance-up";

/** Begins the subjects of workers that sit on the broker as those of 2019 did. */
const NATS_WORKER_PREFIX = "functions:";

/** First tokens of the subjects at which gateways elsewhere ask for a configuration, and are told that there is another. */
const CONFIG_PREFIX = "config";
const CONFIG_CHANGE_PREFIX = "config-changed";

/** The NATS services default: whoever joins this group, in any language, shares the load. */
export const QUEUE_GROUP = "q";

/**
 * Subject of a function: `fn.<project>.<service>.<function>`.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function functionSubject(address: FunctionAddress): string {
  checkAddress(address);
  return `${FUNCTION_PREFIX}.${address.project}.${address.service}.${address.function}`;
}

/** Subject of all functions of a service: `fn.<project>.<service>.*`. Throws as {@link functionSubject}. */
export function anyFunctionSubject({ project, service }: { project: string; service: string }): string {
  return `${subjectOf(FUNCTION_PREFIX, project, service)}.*`;
}

/**
 * Subject at which every instance of a service hears of callers that gave up: `cancel.<project>.<service>`.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function cancelSubject({ project, service }: { project: string; service: string }): string {
  return subjectOf(CANCEL_PREFIX, project, service);
}

/**
 * Where a service's log lines are published; without a service, those of all in a project.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function logSubject(project: string, service?: string): string {
  return `${subjectOf(LOG_PREFIX, project, service)}${service === undefined ? ".*" : ""}`;
}

/**
 * Where the services of a project, or the instances of one, are asked for their last lines.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function recentLogsSubject(project: string, service?: string): string {
  return subjectOf(RECENT_LOGS_PREFIX, project, service);
}

/**
 * Where a project's invocations are recorded: `record.<project>`.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function recordSubject(project: string): string {
  return subjectOf(RECORD_PREFIX, project);
}

/**
 * Subject at which an event is told: `events.<project>.<service>.<function>.<status>`.
 * @throws MeshError `invalid_request` for a part outside the grammar.
 */
export function eventSubject(routingKey: string): string {
  const [project = "", ...parts] = routingKey.split(".");
  checkName("project", project);
  for (const part of parts) checkName("function", part);
  return `events.${routingKey}`;
}

/**
 * Subject at which calls arrive that nobody serves at the moment: `idle.<project>.<service>.<function>`; without a function,
 * those of a whole service. Whoever can have them served listens there.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function idleSubject({
  project,
  service,
  function: name,
}: Omit<FunctionAddress, "function"> & { function?: string }): string {
  if (name !== undefined) checkName("function", name);
  return `${subjectOf(IDLE_PREFIX, project, service)}.${name ?? "*"}`;
}

/**
 * Subject at which every instance of a service is asked whether it runs a call: `held.<project>.<service>`.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function heldSubject({ project, service }: { project: string; service: string }): string {
  return subjectOf(HELD_PREFIX, project, service);
}

/** One process or pod of a deployed function. */
export interface InstanceAddress {
  readonly project: string;
  readonly service: string;
  /** As whoever started it named it; a name like those of functions. */
  readonly instance: string;
}

/**
 * Subject at which whoever started an instance talks to it: `instance.<project>.<service>.<instance>`.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function instanceSubject({ project, service, instance }: InstanceAddress): string {
  checkName("function", instance);
  return `${subjectOf(INSTANCE_PREFIX, project, service)}.${instance}`;
}

/**
 * Subject at which an instance says that it takes calls: `instance-up.<project>.<service>.<instance>`; without an instance, those
 * of a service.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function instanceUpSubject({
  project,
  service,
  instance,
}: Omit<InstanceAddress, "instance"> & { instance?: string }): string {
  if (instance !== undefined) checkName("function", instance);
  return `${subjectOf(INSTANCE_UP_PREFIX, project, service)}.${instance ?? "*"}`;
}

/**
 * Subject at which whoever holds a configuration is asked for it: `config.<name>`.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function configSubject(name: string): string {
  checkName("service", name);
  return `${CONFIG_PREFIX}.${name}`;
}

/**
 * Subject at which whoever holds a configuration says that it has changed: `config-changed.<name>`.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function configChangeSubject(name: string): string {
  checkName("service", name);
  return `${CONFIG_CHANGE_PREFIX}.${name}`;
}

/**
 * Subject of workers that sit on the broker as those of 2019 did: `functions:<service>`, or `functions:<service>:<function>` as
 * the earliest had it. It knows of no project.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function natsWorkerSubject(service: string, name?: string): string {
  checkName("service", service);
  if (name === undefined) return NATS_WORKER_PREFIX + service;
  checkName("function", name);
  return `${NATS_WORKER_PREFIX}${service}:${name}`;
}

/** The address in a function's subject, or `undefined` for any other subject. */
export function parseFunctionSubject(subject: string): FunctionAddress | undefined {
  const parts = subject.split(".");
  const [prefix, project, service, name] = parts;
  if (parts.length !== 4 || prefix !== FUNCTION_PREFIX) return undefined;
  if (project === undefined || service === undefined || name === undefined) return undefined;
  return [project, service, name].every(isName) ? { project, service, function: name } : undefined;
}

/**
 * Subject at which services say what they are and how they do: `$SRV.<verb>[.<name>[.<id>]]`; all of them, those of a
 * name, or the one instance.
 * @throws MeshError `invalid_request` for a name outside the grammar.
 */
export function announcementSubject(verb: ServiceVerb, name?: string, id?: string): string {
  if (name === undefined) return `$SRV.${verb}`;
  checkName("service", name);
  return id === undefined ? `$SRV.${verb}.${name}` : `$SRV.${verb}.${name}.${id}`;
}

/** `<prefix>.<project>[.<service>]`, out of names that were checked. */
export function subjectOf(prefix: string, project: string, service?: string): string {
  checkName("project", project);
  if (service === undefined) return `${prefix}.${project}`;
  checkName("service", service);
  return `${prefix}.${project}.${service}`;
}
