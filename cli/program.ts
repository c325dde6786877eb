import { Command } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { baseCommand } from "./commands/base.ts";
import { builderCommand } from "./commands/builder.ts";
import { callCommand } from "./commands/call.ts";
import { demoCommand } from "./commands/demo.ts";
import { deployerCommand } from "./commands/deployer.ts";
import { deploymentsCommand } from "./commands/deployments.ts";
import { devCommand } from "./commands/dev.ts";
import { clusterCommand } from "./commands/cluster.ts";
import { completeCommand, completionCommand } from "./commands/completion.ts";
import { configCommand } from "./commands/config.ts";
import { eventsCommand } from "./commands/events.ts";
import { functionsServiceCommand } from "./commands/functions-service.ts";
import { functionsCommand } from "./commands/functions.ts";
import { gatewayCommand } from "./commands/gateway.ts";
import { initCommand } from "./commands/init.ts";
import { invocationsCommand } from "./commands/invocations.ts";
import { jobsCommand } from "./commands/jobs.ts";
import { keysCommand } from "./commands/keys.ts";
import { logsCommand } from "./commands/logs.ts";
import { planCommand } from "./commands/plan.ts";
import { rulesCommand } from "./commands/rules.ts";
import { secretsCommand } from "./commands/secrets.ts";
import { consoleCommand } from "./commands/console.ts";
import { servicesCommand } from "./commands/services.ts";
import { tokenCommand } from "./commands/token.ts";
import { upCommand } from "./commands/up.ts";
import { workerCommand } from "./commands/worker.ts";

/** `fmesh` with all its commands, not run yet. */
export function createProgram(): Command {
  const program = new Command("fmesh")
    .description(
      "Functions Mesh: plain functions in long-lived workers, called through a gateway that guards them by rules.",
    )
    .version(packageJson.version)
    .showHelpAfterError("(fmesh --help shows what there is)")
    .configureHelp({ showGlobalOptions: true })
    .option("--debug", "show the stack of an error");
  const commands = [
    initCommand(),
    demoCommand(),
    upCommand(),
    devCommand(),
    gatewayCommand(),
    functionsServiceCommand(),
    builderCommand(),
    deployerCommand(),
    workerCommand(),
    callCommand(),
    consoleCommand(),
    servicesCommand(),
    logsCommand(),
    functionsCommand(),
    planCommand(),
    clusterCommand(),
    deploymentsCommand(),
    jobsCommand(),
    secretsCommand(),
    baseCommand(),
    keysCommand(),
    eventsCommand(),
    invocationsCommand(),
    tokenCommand(),
    rulesCommand(),
    configCommand(),
    completionCommand(),
  ];
  for (const command of commands) program.addCommand(withHelpOf(program, command));
  program.addCommand(completeCommand(), { hidden: true });
  return program;
}

/** Help looks alike at every level: commands that are made by themselves inherit nothing. */
function withHelpOf(program: Command, command: Command): Command {
  for (const child of command.commands) withHelpOf(program, child);
  return command.copyInheritedSettings(program);
}
