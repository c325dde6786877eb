import { MeshError } from "./errors.ts";
import type { ServiceVerb } from "./service-info.ts";

/**
 * The grammar of project, service and function names. Dots, `*`, `>` and spaces are NATS subject syntax: a name
 * that held one would be an injection, so nothing else may build subjects and everything here checks first.
 */
export const NAME = /^[A-Za-z0-9_-]{1,64}$/;

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

/** First token of the subjects at which clients publish to one another. */
const PUBSUB_PREFIX = "pubsub";
/** All of it, written out, has to fit into one line of the broker's protocol, which is 4096 bytes long. */
const MAX_PUBSUB_CHARACTERS = 255;
const MAX_PUBSUB_DEPTH = 32;

/** Begins the subjects of workers that sit on the broker as those of 2019 did. */
const NATS_WORKER_PREFIX = "functions:";

/** First tokens of the subjects at which gateways elsewhere ask for a configuration, and are told that there is another. */
const CONFIG_PREFIX = "config";
const CONFIG_CHANGE_PREFIX = "config-changed";

/** The NATS services default: whoever joins this group, in any language, shares the load. */
export const QUEUE_GROUP = "q";

/** The service that keeps a project's stored functions and events; its HTTP API is `/api/…`. */
export const FUNCTIONS_SERVICE = "functions";

/** The service that makes images of functions; the functions service calls it. */
export const BUILDER_SERVICE = "builder";

/** The service that runs images of functions; the functions service calls it. */
export const DEPLOYER_SERVICE = "deployer";

/** Services of the house, by what they do: nothing else may have their names, and rules that name no service do not open them. */
export const HOUSE_SERVICES: Readonly<Record<string, string>> = {
  [FUNCTIONS_SERVICE]: "keeps stored functions",
  [BUILDER_SERVICE]: "builds functions",
  [DEPLOYER_SERVICE]: "runs functions",
};

/** The one function of the service that a stored function is deployed as; the service has its label. */
export const STORED_FUNCTION = "handler";

/** Where a function lives. */
export interface FunctionAddress {
  readonly project: string;
  readonly service: string;
  readonly function: string;
}

/** Whether `text` may be a project, service or function name: 1–64 letters, digits, `_` or `-`. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/**
 * Checks a name that came from outside.
 * @throws MeshError `invalid_request` quoting the name.
 */
export function checkName(kind: "project" | "service" | "function", name: string): void {
  if (!NAME.test(name)) {
    const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
    throw new MeshError("invalid_request", `${kind} name ${shown} is not valid: use 1 to 64 letters, digits, _ or -`);
  }
}

/** @throws MeshError `invalid_request` quoting the first name outside the grammar. */
export function checkAddress(address: FunctionAddress): void {
  checkName("project", address.project);
  checkName("service", address.service);
  checkName("function", address.function);
}

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
 * Subject of what clients of a project publish at a path of theirs: `pubsub.<project>.<segment>.<segment>…`. A segment may be any
 * text: what is syntax on the broker is escaped as in a URL, so that it is one token, and never leads elsewhere.
 * @throws MeshError `invalid_request` for a project outside the grammar, an empty segment, and paths that are too long or too deep.
 */
export function pubsubSubject(project: string, segments: readonly string[]): string {
  const characters = segments.reduce((sum, segment) => sum + segment.length, segments.length);
  if (characters > MAX_PUBSUB_CHARACTERS || segments.length > MAX_PUBSUB_DEPTH) {
    const most = `${MAX_PUBSUB_CHARACTERS} characters in ${MAX_PUBSUB_DEPTH} segments`;
    throw new MeshError("invalid_request", `the subject is too long; it may have ${most}`);
  }
  return [subjectOf(PUBSUB_PREFIX, project), ...segments.map(asToken)].join(".");
}

/** The segments in a subject of {@link pubsubSubject}; `undefined` for any other subject. */
export function parsePubsubSubject(subject: string): readonly string[] | undefined {
  const [prefix, project, ...tokens] = subject.split(".");
  if (prefix !== PUBSUB_PREFIX || project === undefined || !isName(project)) return undefined;
  try {
    return tokens.map(decodeURIComponent);
  } catch {
    // Whoever published it is no gateway of ours.
    return undefined;
  }
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

function subjectOf(prefix: string, project: string, service?: string): string {
  checkName("project", project);
  if (service === undefined) return `${prefix}.${project}`;
  checkName("service", service);
  return `${prefix}.${project}.${service}`;
}

/** A text as one token of a subject; `decodeURIComponent` has it back. */
function asToken(text: string): string {
  if (text === "" || !text.isWellFormed()) {
    throw new MeshError("invalid_request", "the subject holds a segment that is no text");
  }
  // All other syntax of subjects it escapes by itself.
  return encodeURIComponent(text).replaceAll(".", "%2E").replaceAll("*", "%2A");
}
