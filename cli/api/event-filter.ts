import { type Command, Option } from "commander";
import { EVENT_STATUSES } from "../../mesh/event.ts";

/** Which events a command is about; all that is given must hold. */
export interface EventFilterOptions {
  readonly type?: string;
  readonly source?: string;
  readonly status?: string;
  readonly trace?: string;
}

/** Adds the options that say which events are meant. Which type has an option only where there are several. */
export function withEventFilter(command: Command): Command {
  return command
    .option("--source <source>", "only of this source: service.function, or a stored function's label")
    .addOption(new Option("--status <status>", "only with this status").choices(EVENT_STATUSES))
    .option("--trace <id>", "only of this trace: the 32 hexadecimal digits of a traceparent");
}

/** The same in the words of the API. */
export function eventFilter({ type, source, status, trace }: EventFilterOptions): Record<string, string | undefined> {
  return { type, source, status, traceId: trace };
}
