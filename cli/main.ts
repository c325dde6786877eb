import { Command } from "commander";
import { ConfigError } from "../gateway/config/config-error.ts";
import { MeshError } from "../mesh/errors.ts";
import packageJson from "../package.json" with { type: "json" };
import { callCommand } from "./commands/call.ts";
import { gatewayCommand } from "./commands/gateway.ts";
import { rulesCommand } from "./commands/rules.ts";
import { tokenCommand } from "./commands/token.ts";
import { upCommand } from "./commands/up.ts";
import { workerCommand } from "./commands/worker.ts";
import { Failure, USAGE } from "./failure.ts";

const program = new Command("fmesh")
  .description(
    "Functions Mesh: plain functions in long-lived workers, called through a gateway that guards them by rules.",
  )
  .version(packageJson.version)
  .showHelpAfterError("(fmesh --help shows what there is)")
  .configureHelp({ showGlobalOptions: true })
  .option("--debug", "show the stack of an error");

// Whoever read our output went away (`fmesh … | head`): that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const commands = [upCommand(), gatewayCommand(), workerCommand(), callCommand(), tokenCommand(), rulesCommand()];
for (const command of commands) program.addCommand(command);
exitBy(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`fmesh: ${describe(error)}\n`);
  process.exit(error instanceof Failure ? error.exitCode : 1);
}

/** Wrong usage ends with 2, so that 1 can be a command's own answer. */
function exitBy(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE));
  for (const child of command.commands) exitBy(child);
}

/** What a person can mend is said in its own words; anything else is a fault of ours and shows where it comes from. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = error instanceof Failure || error instanceof ConfigError || error instanceof MeshError;
  return isExpected && program.opts()["debug"] !== true ? error.message : (error.stack ?? error.message);
}
