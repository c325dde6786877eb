import { dirname } from "node:path";
import type { GatewayConfig, ProjectConfig } from "../gateway/config.ts";
import { hasNoKey } from "../gateway/advice.ts";
import { signDevelopmentToken } from "../gateway/auth/development-token.ts";
import { loadConfig } from "../gateway/runtime/config-file.ts";
import { chooseProject } from "./choose-project.ts";
import { Failure } from "./failure.ts";
import { developmentSecret, withDevelopmentSecret } from "./up/development-secret.ts";

/** What it takes to sign: variables that only the mesh needs may be missing here. */
const SECTIONS: ReadonlySet<string> = new Set(["projects", "gateway"]);

/** A project of a configuration file, with the development secret as its key where it has none. */
export async function loadProject(configFile: string, id: string | undefined): Promise<ProjectConfig> {
  const loaded: GatewayConfig = await loadConfig(configFile, { env: process.env, sections: SECTIONS });
  const project = chooseProject(loaded, id);
  if (!hasNoKey(project)) return project;
  const secret = developmentSecret(dirname(configFile));
  return chooseProject(withDevelopmentSecret(loaded, secret), id);
}

/**
 * Signs a token with a project's first secret.
 * @throws Failure when it has public keys only.
 */
export function signProjectToken(
  { id, auth }: ProjectConfig,
  token: { readonly claims: Record<string, unknown>; readonly expiresInSeconds: number },
): Promise<string> {
  const [secret] = auth.secrets;
  if (secret !== undefined) return signDevelopmentToken({ secret, ...token });
  throw new Failure(`project "${id}" has public keys only; its tokens come from whoever holds the private key`);
}
