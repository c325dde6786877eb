import { Command } from "commander";
import { createFunctionCommand, deleteFunctionCommand, updateFunctionCommand } from "./functions-change.ts";
import { backupCommand } from "./functions-backup.ts";
import { deploymentCommand } from "./deployments.ts";
import { buildCommand } from "./functions-build.ts";
import { deployCommand, undeployCommand } from "./functions-deploy.ts";
import { functionLogsCommand } from "./functions-logs.ts";
import { migrateCommand } from "./functions-migrate.ts";
import { invokeCommand } from "./functions-invoke.ts";
import { promoteCommand, rollbackCommand } from "./functions-promote.ts";
import { pushCommand } from "./functions-push.ts";
import { getFunctionCommand, listFunctionsCommand, versionsCommand } from "./functions-show.ts";
import { trafficCommand } from "./functions-traffic.ts";
import { verifyCommand } from "./functions-verify.ts";

/** `fmesh functions`: the stored functions of a project, over the public HTTP API. */
export function functionsCommand(): Command {
  const functions = new Command("functions")
    .summary("store functions, build and deploy them")
    .description(
      "Stores functions, has them built and deployed, and shows them, over the HTTP API of the functions service, as any client may.\n" +
        "Its rule decides who may: that of `fetch` in the service `functions`.",
    )
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions create greet greet.ts
  fmesh functions list
  fmesh functions update greet greet.ts
  fmesh functions push packages/greet
  fmesh functions deploy greet
  fmesh functions invoke greet '{"name":"Ada"}'
  fmesh functions promote greet

Exit codes: 0 done; 1 refused, not there, or no mesh; 2 wrong usage.`,
    );
  const commands = [
    listFunctionsCommand(),
    getFunctionCommand(),
    createFunctionCommand(),
    updateFunctionCommand(),
    deleteFunctionCommand(),
    pushCommand(),
    versionsCommand(),
    buildCommand(),
    verifyCommand(),
    deployCommand(),
    invokeCommand(),
    deploymentCommand(),
    functionLogsCommand(),
    undeployCommand(),
    trafficCommand(),
    promoteCommand(),
    rollbackCommand(),
    backupCommand(),
    migrateCommand(),
  ];
  for (const command of commands) functions.addCommand(command);
  return functions;
}
