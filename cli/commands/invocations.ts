import { Command } from "commander";
import { INVOCATION, INVOCATION_LISTING } from "../api/events.ts";
import { getEventCommand, listEventsCommand } from "./events-show.ts";
import { replayCommand } from "./invocations-replay.ts";
import { tailEventsCommand } from "./events-tail.ts";

/** `fmesh invocations`: the recorded calls of a project. */
export function invocationsCommand(): Command {
  const invocations = new Command("invocations")
    .summary("look at the recorded calls of a project, and repeat them")
    .description(
      "Shows the recorded calls of a project: events of the type FUNCTION_INVOCATION, one for each call; and repeats one.",
    )
    .addHelpText(
      "after",
      `
Examples:
  fmesh invocations list
  fmesh invocations tail
  fmesh invocations get 0b6c2a54-0a4e-4d8e-8f67-3f4a1f2b9c11
  fmesh invocations replay 0b6c2a54-0a4e-4d8e-8f67-3f4a1f2b9c11

Exit codes: 0 shown or answered; 1 refused, not there, or no mesh; 2 wrong usage.`,
    );
  invocations.addCommand(listEventsCommand("fmesh invocations list", INVOCATION_LISTING, INVOCATION));
  invocations.addCommand(tailEventsCommand("fmesh invocations tail", INVOCATION));
  invocations.addCommand(getEventCommand("fmesh invocations get"));
  invocations.addCommand(replayCommand());
  return invocations;
}
