import { createGateway } from "../gateway/app.ts";
import { signDevelopmentToken } from "../gateway/auth/development-token.ts";
import { buildPolicy } from "../gateway/build-policy.ts";
import { type GatewayConfig, type ProjectConfig, parseConfig } from "../gateway/config.ts";
import { BrokerLink } from "../gateway/mesh-link/broker-link.ts";
import { prometheusMetrics } from "../gateway/metrics/prometheus.ts";
import { LivePolicy } from "../gateway/policy.ts";
import type { Broker } from "../mesh/broker.ts";
import type { Claims } from "../mesh/call.ts";
import type { Log } from "../mesh/log.ts";
import { randomHex } from "../mesh/ids.ts";

/** How the gateway of a test decides. */
export interface TestGatewayOptions {
  /** A configuration: the text of an `fmesh.yaml`, or what stands in it as an object. Default: everything is allowed. */
  readonly config?: string | Readonly<Record<string, unknown>>;
  /** What `$NAME` in the configuration stands for. Default: nothing is set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A gateway without a port. */
export interface TestGateway {
  fetch(request: Request): Promise<Response>;
  /** Signs a token that the project accepts besides those of its own keys. */
  token(project: string, claims: Claims): Promise<string>;
}

/** An hour is longer than any test. */
const TOKEN_SECONDS = 3600;

/**
 * Reads a test's configuration.
 * @throws ConfigError with every problem found.
 */
export function readConfig(
  config: NonNullable<TestGatewayOptions["config"]>,
  env: TestGatewayOptions["env"] = {},
): GatewayConfig {
  return typeof config === "string"
    ? parseConfig(config, { filename: "fmesh.yaml", env })
    : parseConfig(JSON.stringify(config), { filename: "config.json", env });
}

/** The configuration that lets everybody call everything. */
export function openConfig(project: string): GatewayConfig {
  return readConfig({
    projects: [{ id: project, services: { default: { functions: { default: { rule: "allow" } } } } }],
  });
}

/**
 * The real gateway's app, on the test's broker. Databases are not opened: `query` rules refuse.
 * @throws TypeError for keys that cannot be used.
 */
export function testGateway(
  config: GatewayConfig,
  { broker, log }: { readonly broker: Broker; readonly log: Log },
): TestGateway {
  const secret = randomHex(32);
  const projects = config.projects.map((project) => withSecret(project, secret));
  const link = new BrokerLink({ broker });
  const parts = { link, queries: undefined, fetch, now: Date.now, log };
  const policy = new LivePolicy(buildPolicy({ ...config, projects }, parts));
  const app = createGateway({ link, policy, metrics: prometheusMetrics(broker), log });
  return {
    fetch: async (request) => app.fetch(request),
    token: (id, claims) => {
      const auth = projects.find((project) => project.id === id)?.auth;
      return signDevelopmentToken({
        secret,
        claims: { ...firstOf("iss", auth?.issuer), ...firstOf("aud", auth?.audience), ...claims },
        expiresInSeconds: TOKEN_SECONDS,
      });
    },
  };
}

function withSecret(project: ProjectConfig, secret: string): ProjectConfig {
  const { secrets, algorithms } = project.auth;
  return {
    ...project,
    auth: {
      ...project.auth,
      secrets: [...secrets, secret],
      ...(algorithms !== undefined && { algorithms: [...new Set([...algorithms, "HS256" as const])] }),
    },
  };
}

function firstOf(claim: string, accepted: string | readonly string[] | undefined): Claims {
  const value = typeof accepted === "object" ? accepted[0] : accepted;
  return value === undefined ? {} : { [claim]: value };
}
