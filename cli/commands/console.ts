import { dirname } from "node:path";
import { Command } from "commander";
import { signOperatorToken } from "../../gateway/admin/operators.ts";
import { findRunningMesh } from "../../worker-service/runtime/running-mesh-file.ts";
import { consoleLink } from "../console/link.ts";
import { Failure } from "../failure.ts";
import { findConfigAbove } from "../find-config.ts";
import { problemText, readable, send } from "../gateway-access.ts";
import { developmentSecret, operatorSecret } from "../up/development-secret.ts";

interface ConsoleOptions {
  readonly config: string;
  readonly json?: true;
}

/** `fmesh console`: a link that opens the console of the mesh that runs here. */
export function consoleCommand(): Command {
  return new Command("console")
    .summary("print a link that opens the console")
    .description(
      "Prints a link to the console of the mesh that `fmesh up` or `fmesh dev` runs for this folder. Whoever opens it first, " +
        "within ten minutes, is signed in as an administrator.",
    )
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--json", "print the link as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh console
  xdg-open "$(fmesh console)"

Exit codes: 0 printed; 1 no mesh runs here, or it gives out no links; 2 wrong usage.`,
    )
    .action(printLink);
}

async function printLink({ config, json }: ConsoleOptions): Promise<void> {
  const configFile = findConfigAbove(config);
  const folder = dirname(configFile);
  const url = findRunningMesh(folder)?.gatewayUrl;
  if (url === undefined) throw new Failure(`no mesh runs for "${configFile}": start one with \`fmesh up\``);
  const token = await signOperatorToken(operatorSecret(developmentSecret(folder)));
  const answer = await send(`${url}/v1/admin/link`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Failure(`the gateway gives out no link: ${problemText(answer.status, text)}`);
  const link = consoleLink(url, codeIn(text));
  process.stdout.write(json === true ? `${JSON.stringify({ link }, undefined, 2)}\n` : `${link}\n`);
}

function codeIn(text: string): string {
  const body = readable(text);
  if (typeof body === "object" && body !== null && "code" in body && typeof body.code === "string") return body.code;
  throw new Failure("the gateway answered otherwise than expected; is it of another version?");
}
