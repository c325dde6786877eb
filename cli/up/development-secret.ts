import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasNoKey } from "../../gateway/advice.ts";
import type { GatewayConfig } from "../../gateway/config.ts";

const SECRET_FILE = ".fmesh/development-secret";

/**
 * The secret that signs development tokens for the configuration in `folder`: made at the first start, kept readable by
 * its user alone, so that a token stays good when the mesh is started again.
 */
export function developmentSecret(folder: string): string {
  const file = join(folder, SECRET_FILE);
  const kept = readIfThere(file);
  if (kept !== undefined && kept.length > 0) return kept;
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, secret, { mode: 0o600 });
  return secret;
}

/** The configuration with the development secret as the key of every project that has no key of its own. */
export function withDevelopmentSecret(config: GatewayConfig, secret: string): GatewayConfig {
  return {
    ...config,
    projects: config.projects.map((project) =>
      hasNoKey(project) ? { ...project, auth: { ...project.auth, secrets: [secret] } } : project,
    ),
  };
}

/** What signs for whoever may read the development secret, and nothing else: no token of a project is one of an operator. */
export function operatorSecret(secret: string): string {
  return `operator of ${secret}`;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
