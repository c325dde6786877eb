import { dirname } from "node:path";
import { Command } from "commander";
import { signDevelopmentToken } from "../../gateway/auth/development-token.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { chooseProject } from "../choose-project.ts";
import { Failure, USAGE } from "../failure.ts";
import { findConfig } from "../find-config.ts";
import { developmentSecret, withDevelopmentSecret } from "../up/development-secret.ts";

interface TokenOptions {
  readonly config: string;
  readonly project?: string;
  readonly claims: string;
  readonly expires: string;
}

/** `fmesh token`: a token to try rules with. */
export function tokenCommand(): Command {
  return new Command("token")
    .summary("sign a development token")
    .description("Signs a token (JWT, HS256) with a project's first secret and prints it.")
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "project; may be left out when there is only one")
    .option("--claims <json>", "claims of the token", '{"id":"developer"}')
    .option("--expires <seconds>", "lifetime in seconds", "86400")
    .addHelpText(
      "after",
      `\nExample:\n  fmesh token --config examples/arithmetic --claims '{"id":"ann","role":"admin"}'`,
    )
    .action(printToken);
}

async function printToken({ config: path, project: id, claims, expires }: TokenOptions): Promise<void> {
  const configFile = findConfig(path);
  const loaded = await loadConfig(configFile, { env: process.env });
  const project = chooseProject(withDevelopmentSecret(loaded, developmentSecret(dirname(configFile))), id);
  const [secret] = project.auth.secrets;
  if (secret === undefined) {
    throw new Failure(
      `project "${project.id}" has public keys only; its tokens come from whoever holds the private key`,
    );
  }
  const expiresInSeconds = Number(expires);
  if (!(expiresInSeconds > 0)) throw new Failure(`--expires is "${expires}"; give seconds`, { exitCode: USAGE });
  const token = await signDevelopmentToken({ secret, claims: parseClaims(claims), expiresInSeconds });
  process.stdout.write(`${token}\n`);
}

function parseClaims(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new Failure(`--claims is not JSON: ${text}`, { exitCode: USAGE, cause: error });
  }
  throw new Failure(`--claims is not a JSON object: ${text}`, { exitCode: USAGE });
}
