import { Command } from "commander";
import { parseJsonObject, parseSeconds } from "../arguments.ts";
import { findConfigAbove } from "../find-config.ts";
import { loadProject, signProjectToken } from "../project-token.ts";

interface TokenOptions {
  readonly config: string;
  readonly project?: string;
  readonly claims: string;
  readonly expires: string;
  readonly json?: true;
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
    .option("--json", "print project, token and lifetime as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh token --config examples/arithmetic --claims '{"id":"ann","role":"admin"}'
  curl http://127.0.0.1:4122/v1/call/my-adder/arithmetic/whoami -H "Authorization: Bearer $(fmesh token)"

Exit codes: 0 printed; 1 no configuration, or the project has no secret to sign with; 2 wrong usage.`,
    )
    .action(printToken);
}

async function printToken({ config, project: id, claims, expires, json }: TokenOptions): Promise<void> {
  const project = await loadProject(findConfigAbove(config), id);
  const expiresInSeconds = parseSeconds("--expires", expires);
  const token = await signProjectToken(project, { claims: parseJsonObject("--claims", claims), expiresInSeconds });
  const document = { project: project.id, token, expiresInSeconds };
  process.stdout.write(json === true ? `${JSON.stringify(document, undefined, 2)}\n` : `${token}\n`);
}
