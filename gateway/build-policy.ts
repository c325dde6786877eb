import type { Broker } from "../mesh/broker.ts";
import { Caller } from "../mesh/caller.ts";
import type { Log } from "../mesh/log.ts";
import type { Tracing } from "../mesh/tracing.ts";
import type { AuthDeps } from "./auth/options.ts";
import { createTokenVerifier } from "./auth/token-verifier.ts";
import type { GatewayConfig, ProjectConfig } from "./config.ts";
import type { Policy, ProjectPolicy } from "./policy.ts";
import { createRecordSelector } from "./recording/record-rules.ts";
import { compileRule } from "./rules/compile.ts";
import type { RuleDeps } from "./rules/deps.ts";
import type { QueryPort } from "./rules/query.ts";
import { createRuleSelector } from "./rules/select.ts";

/** What rules and tokens may reach. */
export interface PolicyParts {
  readonly broker: Broker;
  readonly queries: QueryPort | undefined;
  readonly fetch: RuleDeps["fetch"] & AuthDeps["fetch"];
  readonly now: () => number;
  readonly log: Log;
  /** Where the spans of calls that rules make go; without it there are none. */
  readonly tracing?: Tracing | undefined;
}

/** Compiles a configuration: rules to closures, keys to verifiers. */
export function buildPolicy(config: GatewayConfig, parts: PolicyParts): Policy {
  const projects = new Map(config.projects.map((project) => [project.id, projectPolicy(project, config, parts)]));
  const { limits, cors } = config.gateway;
  const [onlyProject] = projects.size === 1 ? projects.keys() : [];
  return { limits, cors, onlyProject, project: (id) => projects.get(id) };
}

function projectPolicy(project: ProjectConfig, config: GatewayConfig, parts: PolicyParts): ProjectPolicy {
  const log = parts.log.with({ project: project.id });
  const caller = new Caller(parts.broker, project.id, parts.tracing);
  const deps: RuleDeps = {
    call: ({ service, function: name }, params, claims, { deadlineMs, signal }) =>
      caller.call(service, name, params, {
        timeoutMs: deadlineMs - parts.now(),
        claimsJson: JSON.stringify(claims),
        signal,
      }),
    queries: parts.queries,
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
    verifier: createTokenVerifier(project.auth, { fetch: parts.fetch, now: parts.now, log }),
    ruleFor: (service, name) => rules.select(service, name),
    recordFor: createRecordSelector(project.services),
    names: (service, name) => named.has(`${service}.${name}`),
  };
}
