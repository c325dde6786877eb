import type { Log } from "../mesh/log.ts";
import { askByRule } from "./ask-by-rule.ts";
import type { AuthDeps } from "./auth/options.ts";
import { createTokenVerifier } from "./auth/token-verifier.ts";
import type { Rule } from "../mesh/rule.ts";
import type { GatewayConfig, ProjectConfig } from "./config.ts";
import type { MeshLink } from "./mesh-link.ts";
import type { Policy, ProjectPolicy } from "./policy.ts";
import { queriesOf } from "./project-databases.ts";
import { createRecordSelector } from "./recording/record-rules.ts";
import { compileRule } from "./rules/compile.ts";
import type { RuleDeps } from "./rules/deps.ts";
import type { QueryPort } from "./rules/query.ts";
import { createRuleSelector } from "./rules/select.ts";
import { compilePubsubRules } from "./space-cloud/pubsub/rules.ts";

/** What rules and tokens may reach. */
export interface PolicyParts {
  /** The way to the functions that rules ask. */
  readonly link: MeshLink;
  readonly queries: QueryPort | undefined;
  readonly fetch: RuleDeps["fetch"] & AuthDeps["fetch"];
  readonly now: () => number;
  readonly log: Log;
  /** Keeps the platform from ending background work with the request that began it; without it the platform does not. */
  readonly waitUntil?: AuthDeps["waitUntil"];
}

/** Compiles a configuration: rules to closures, keys to verifiers. */
export function buildPolicy(config: GatewayConfig, parts: PolicyParts): Policy {
  const projects = new Map(config.projects.map((project) => [project.id, projectPolicy(project, config, parts)]));
  const { limits, cors, spaceCloud } = config.gateway;
  const [onlyProject] = projects.size === 1 ? projects.keys() : [];
  const { servicesAnswer } = spaceCloud;
  return { limits, cors, onlyProject, servicesAnswer, project: (id) => projects.get(id) };
}

function projectPolicy(project: ProjectConfig, config: GatewayConfig, parts: PolicyParts): ProjectPolicy {
  const log = parts.log.with({ project: project.id });
  const deps: RuleDeps = {
    call: askByRule(parts.link, project.id),
    queries: parts.queries && queriesOf(project.id, config.databases, parts.queries),
    fetch: parts.fetch,
    webhooks: config.webhooks,
    now: parts.now,
    log,
  };
  const rules = createRuleSelector(project.services, (rule) => compileRule(rule, deps));
  const named = new Set(
    Object.entries(project.services).flatMap(([service, { functions }]) =>
      // `default` speaks for functions that are not listed; it names none.
      Object.keys(functions).flatMap((name) => (name === "default" ? [] : [`${service}.${name}`])),
    ),
  );
  return {
    verifier: createTokenVerifier(project.auth, {
      fetch: parts.fetch,
      now: parts.now,
      log,
      ...(parts.waitUntil !== undefined && { waitUntil: parts.waitUntil }),
    }),
    ruleFor: (service, name) => rules.select(service, name),
    recordFor: createRecordSelector(project.services),
    names: (service, name) => named.has(`${service}.${name}`),
    namedFunctions: (service) =>
      Object.keys(project.services[service]?.functions ?? {}).filter((name) => name !== "default"),
    registration: {
      rule: compileRule(registrationRule(project), deps),
      basis: JSON.stringify([project.auth, project.registration]),
    },
    pubsub: project.pubsub && compilePubsubRules(project.pubsub.rules, (rule) => compileRule(rule, deps)),
  };
}

/** What a configuration says in a word is a rule like any other. */
function registrationRule({ registration }: ProjectConfig): Rule {
  if (registration === "open") return { rule: "allow" };
  return registration === "token" ? { rule: "authenticated" } : registration;
}
