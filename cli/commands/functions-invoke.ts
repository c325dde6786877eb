import { Command } from "commander";
import { TIMEOUT_HEADER } from "../../gateway/timeout.ts";
import { ApiClient } from "../api/api-client.ts";
import { FUNCTIONS_PATH, findFunction } from "../api/functions.ts";
import { type ApiOptions, withGatewayOptions } from "../api/options.ts";
import { parseJson, parseSeconds } from "../arguments.ts";
import { accessGateway, send } from "../gateway-access.ts";
import { printAnswer } from "../print-answer.ts";

interface InvokeOptions extends ApiOptions {
  readonly timeout: string;
}

/** `fmesh functions invoke`. */
export function invokeCommand(): Command {
  return withGatewayOptions(
    new Command("invoke")
      .summary("call a deployed function")
      .description(
        "Calls a deployed function over the functions API, which puts the call on record, and prints its result. Unlike " +
          "`fmesh call`, the rule of the function is not asked: who may use the API may.",
      )
      .argument("<function>", "its label or its id")
      .argument("[data]", "what it is called with, as JSON; - reads it from standard input")
      .option("--timeout <seconds>", "how long to wait", "10"),
  )
    .option("--json", "print status, headers and body as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions invoke greet '{"name":"Ada"}'
  echo '{"name":"Ada"}' | fmesh functions invoke greet -

Exit codes: 0 the function answered; 1 it did not; 2 wrong usage.`,
    )
    .action(invoke);
}

async function invoke(name: string, given: string | undefined, options: InvokeOptions): Promise<void> {
  const timeoutSeconds = parseSeconds("--timeout", options.timeout);
  const text = given === "-" ? await Bun.stdin.text() : given;
  const data = text === undefined ? undefined : parseJson("data", text);
  const { item } = await findFunction(await ApiClient.open(options), name);
  const { url, project, headers } = await accessGateway(options);
  const own = { "Content-Type": "application/json", "X-Fmesh-Project": project.id };
  const response = await send(`${url}${FUNCTIONS_PATH}/invoke/${item.id}`, {
    method: "POST",
    headers: { ...headers, ...own, [TIMEOUT_HEADER]: String(timeoutSeconds) },
    body: JSON.stringify({ data }),
  });
  await printAnswer(response, options);
}
