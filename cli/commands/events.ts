import { Command } from "commander";
import { EVENT_LISTING } from "../api/events.ts";
import { getEventCommand, listEventsCommand } from "./events-show.ts";
import { tailEventsCommand } from "./events-tail.ts";

/** `fmesh events`: what happened in a project. */
export function eventsCommand(): Command {
  const events = new Command("events")
    .summary("look at the events of a project")
    .description("Shows the events of a project: recorded invocations, and what clients have put there.")
    .addHelpText(
      "after",
      `
Examples:
  fmesh events list
  fmesh events tail
  fmesh events get 0b6c2a54-0a4e-4d8e-8f67-3f4a1f2b9c11

Exit codes: 0 shown; 1 refused, not there, or no mesh; 2 wrong usage.`,
    );
  const commands = [listEventsCommand("fmesh events list", EVENT_LISTING), tailEventsCommand("fmesh events tail")];
  for (const command of commands) {
    events.addCommand(command.option("--type <type>", "only of this type, such as ORDER_PLACED"));
  }
  events.addCommand(getEventCommand("fmesh events get"));
  return events;
}
