import { Command } from "commander";
import type { StoredEvent } from "../../mesh/event.ts";
import { ApiClient } from "../api/api-client.ts";
import { type EventFilterOptions, eventFilter, withEventFilter } from "../api/event-filter.ts";
import { EVENTS_PATH, printEvent } from "../api/events.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { type PagingOptions, pagingQuery, tellNext, withPaging } from "../api/paging.ts";
import { type Listing, printJson, printTable } from "../api/print.ts";
import { Failure, USAGE } from "../failure.ts";

const EXIT_CODES = "Exit codes: 0 shown; 1 refused, not there, or no mesh; 2 wrong usage.";

interface ListOptions extends ApiOptions, EventFilterOptions, PagingOptions {
  readonly since?: string;
  readonly until?: string;
}

/**
 * A command that lists events, newest first.
 * @param name as it is typed, for its examples.
 * @param type of the events; without it the command's own option says.
 */
export function listEventsCommand(name: string, listing: Listing<StoredEvent>, type?: string): Command {
  return withApiOptions(
    withPaging(
      withEventFilter(
        new Command("list")
          .summary("list them, newest first")
          .description("Lists them, newest first; all that is asked for must hold."),
      )
        .option("--since <time>", "only from this time on, such as 2026-01-31T12:00:00Z")
        .option("--until <time>", "only from before this time"),
    ),
  )
    .addHelpText(
      "after",
      `\nExamples:\n  ${name} --limit 10\n  ${name} --status FAILURE --since 2026-01-31T12:00:00Z\n\n${EXIT_CODES}`,
    )
    .action(async (options: ListOptions) => {
      const paging = pagingQuery(options);
      const since = toTimestamp("--since", options.since);
      const until = toTimestamp("--until", options.until);
      const api = await ApiClient.open(options);
      const query = {
        ...eventFilter({ ...options, ...(type !== undefined && { type }) }),
        ...paging,
        since,
        until,
      };
      const { items, next } = await api.page<StoredEvent>(EVENTS_PATH, query);
      if (options.json === true) printJson(items);
      else printTable(listing, items);
      tellNext(next);
    });
}

/**
 * A command that shows one event.
 * @param name as it is typed, for its example.
 */
export function getEventCommand(name: string): Command {
  return withApiOptions(
    new Command("get")
      .summary("show one with all that is known of it")
      .description("Shows one with all that is known of it: what was asked and answered as far as that was recorded.")
      .argument("<id>", "its id, as the list shows it"),
  )
    .addHelpText("after", `\nExample:\n  ${name} 0b6c2a54-0a4e-4d8e-8f67-3f4a1f2b9c11\n\n${EXIT_CODES}`)
    .action(async (id: string, options: ApiOptions) => {
      const api = await ApiClient.open(options);
      const [thing, list] = [`event "${id}"`, name.replace(/ get$/, " list")];
      const item = await api.one<StoredEvent>(`${EVENTS_PATH}/${encodeURIComponent(id)}`, { thing, list });
      if (options.json === true) printJson(item);
      else printEvent(item);
    });
}

/** @throws Failure with the exit code of wrong usage. */
function toTimestamp(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new Failure(`${option} is "${text}"; give a time such as 2026-01-31T12:00:00Z`, { exitCode: USAGE });
}
