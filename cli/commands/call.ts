import { Command } from "commander";
import { TIMEOUT_HEADER } from "../../gateway/timeout.ts";
import { parseFunctionName, parseGatewayUrl, parseJson, parseSeconds } from "../arguments.ts";
import { type GatewayOptions, accessGateway, send } from "../gateway-access.ts";
import { printAnswer } from "../print-answer.ts";

interface CallOptions extends GatewayOptions {
  readonly timeout: string;
  readonly json?: true;
}

/** `fmesh call`: a call as any HTTP client makes it, for a person at a terminal. */
export function callCommand(): Command {
  return new Command("call")
    .summary("call a function")
    .description(
      "Calls a function through the gateway, as any HTTP client does, and prints its result; items of a stream line by " +
        "line, as they come.\n" +
        "The token is signed for the occasion with the project's secret, or taken from FMESH_TOKEN.",
    )
    .argument("<function>", "service and function, such as arithmetic.sum")
    .argument("[params]", "params as JSON; - reads them from standard input")
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "project; may be left out when there is only one")
    .option("--claims <json>", "claims of the token", '{"id":"developer"}')
    .option("--anonymous", "call without a token")
    .option("--url <url>", "the gateway; default: that of the mesh running for the configuration", parseGatewayUrl)
    .option("--timeout <seconds>", "how long to wait", "10")
    .option("--json", "print status, headers and body as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh call arithmetic.sum '{"num1":10,"num2":20}'
  fmesh call arithmetic.whoami --claims '{"id":"ann","role":"admin"}'
  fmesh call arithmetic.count '{"to":3}'
  echo '{"num1":1,"num2":2}' | fmesh call arithmetic.divide - --anonymous

Exit codes: 0 the function answered; 1 it did not; 2 wrong usage.`,
    )
    .action(call);
}

async function call(address: string, given: string | undefined, options: CallOptions): Promise<void> {
  const { service, name } = parseFunctionName(address);
  const timeoutSeconds = parseSeconds("--timeout", options.timeout);
  const params = given === "-" ? await Bun.stdin.text() : given;
  if (params !== undefined) parseJson("params", params);

  const { url, project, headers } = await accessGateway(options);
  const response = await send(`${url}/v1/call/${project.id}/${service}/${name}`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json", [TIMEOUT_HEADER]: String(timeoutSeconds) },
    body: params ?? "",
  });
  await printAnswer(response, options);
}
