import { checkProject } from "./check-project.ts";
import type { GatewayConfig, ProjectConfig } from "./config.ts";
import { formatFinding } from "./config/config-error.ts";
import { databasesOf } from "./project-databases.ts";
import type { RulesSetup } from "./rules/check.ts";

/** Shorter ones are tried out too soon. */
const MIN_PASSWORD = 8;

/**
 * What an operator should know about a configuration that can be used, one line each: what the file says in vain, keys
 * that are missing, rules that are open or never pass.
 *
 * @param configFile how the lines name the file.
 * @param where.hasDatabases whether `query` rules can be asked where the gateway runs. Default `true`.
 * @param where.hasGrpc whether gRPC can be served there. Default `true`.
 */
export function advice(
  config: GatewayConfig,
  configFile: string,
  { hasDatabases = true, hasGrpc = true }: { readonly hasDatabases?: boolean; readonly hasGrpc?: boolean } = {},
): string[] {
  const setupOf = ({ id }: ProjectConfig): RulesSetup => ({
    databases: hasDatabases ? databasesOf(id, config.databases) : undefined,
    allowHosts: config.webhooks.allowHosts,
  });
  return [
    ...config.warnings.map((warning) => formatFinding(configFile, warning)),
    ...(config.gateway.spaceCloud.grpcPort !== undefined && !hasGrpc
      ? ["gateway.spaceCloud.grpcPort is set in vain: the gateway serves gRPC on Bun only"]
      : []),
    ...config.admin.users
      .filter(({ pass }) => pass.length < MIN_PASSWORD)
      .map(
        ({ user }) =>
          `administrator "${user}" has a password of less than ${MIN_PASSWORD} characters; take a longer one`,
      ),
    ...config.projects.filter(hasNoKey).map(({ id }) => {
      return `project "${id}" has no key, so that no token is good: only functions whose rule is allow can be called`;
    }),
    ...config.projects.flatMap((project) =>
      checkProject(project, setupOf(project)).map(
        ({ path, message }) => `project "${project.id}": ${path}: ${message}`,
      ),
    ),
  ];
}

/** Whether there is nothing to check a project's tokens with. */
export function hasNoKey({ auth: { secrets, keys = [], jwks } }: ProjectConfig): boolean {
  return secrets.length === 0 && keys.length === 0 && jwks === undefined;
}
