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
  fmesh invocations get 01939f5e6f0a7c3e8a550f6f1c2d3e4f
  fmesh invocations replay 01939f5e6f0a7c3e8a550f6f1c2d3e4f

Exit codes: 0 shown or answered; 1 refused, not there, or no mesh; 2 wrong usage.`,
    );
  invocations.addCommand(listEventsCommand("fmesh invocations list", INVOCATION_LISTING, INVOCATION));
  invocations.addCommand(tailEventsCommand("fmesh invocations tail", INVOCATION));
  invocations.addCommand(getEventCommand("fmesh invocations get"));
  invocations.addCommand(replayCommand());
  return invocations;
}
