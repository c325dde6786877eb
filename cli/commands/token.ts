import { Command } from "commander";
import { parseJsonObject, parseSeconds } from "../arguments.ts";
import { findConfig } from "../find-config.ts";
import { loadProject, signProjectToken } from "../project-token.ts";

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

async function printToken({ config, project: id, claims, expires }: TokenOptions): Promise<void> {
  const project = await loadProject(findConfig(config), id);
  const expiresInSeconds = parseSeconds("--expires", expires);
  const token = await signProjectToken(project, { claims: parseJsonObject("--claims", claims), expiresInSeconds });
  process.stdout.write(`${token}\n`);
}
