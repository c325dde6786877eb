import { Command } from "commander";
import type { EventSourceMessage } from "eventsource-parser";
import { ApiClient } from "../api/api-client.ts";
import { type EventFilterOptions, eventFilter, withEventFilter } from "../api/event-filter.ts";
import { EVENTS_PATH } from "../api/events.ts";
import { withGatewayOptions } from "../api/options.ts";
import { EventFeed } from "../events/event-feed.ts";
import { ToldEvents, readToldEvent } from "../events/told-event.ts";
import { Failure, USAGE } from "../failure.ts";
import type { GatewayOptions } from "../gateway-access.ts";
import { stopSignal } from "../stop-signal.ts";
import { styleFor } from "../terminal/style.ts";

interface TailOptions extends GatewayOptions, EventFilterOptions {
  readonly after?: string;
  readonly json?: true;
}

const GAP = "fmesh: some are missing here: it is too long ago for them to be told again; `list` shows how they ended";

/**
 * A command that follows what happens to events.
 * @param name as it is typed, for its examples.
 * @param type of the events; without it the command's own option says.
 */
export function tailEventsCommand(name: string, type?: string): Command {
  return withGatewayOptions(
    withEventFilter(
      new Command("tail")
        .summary("follow what happens, live")
        .description(
          "Shows what happens from now on: that one begins, and how it ends. All that is asked for must hold.\n" +
            "It goes on where it was when the connection broke or the mesh was started again.",
        ),
    ).option("--after <number>", "begin after this place, which an earlier tail told when it was stopped"),
  )
    .option("--json", "print a CloudEvent as JSON a line")
    .addHelpText(
      "after",
      `
Examples:
  ${name}
  ${name} --status FAILURE
  ${name} --source arithmetic.sum --json | jq .data.durationMs

Exit codes: 0 stopped as asked; 1 refused, or no mesh; 2 wrong usage.`,
    )
    .action((options: TailOptions) => tail({ ...options, ...(type !== undefined && { type }) }, type === undefined));
}

async function tail(options: TailOptions, hasTypes: boolean): Promise<void> {
  const { after, json } = options;
  if (after !== undefined && !/^\d{1,15}$/.test(after)) {
    throw new Failure(`--after is "${after}"; give the number that an earlier tail told`, { exitCode: USAGE });
  }
  const signal = stopSignal();
  const feed = new EventFeed({
    after,
    // A mesh that was started again may be elsewhere, and a token does not live long.
    ask: async (lastEventId, asking) => {
      const api = await ApiClient.open(options);
      return api.follow(EVENTS_PATH, eventFilter(options), { lastEventId, signal: asking });
    },
    onConnected: sayOnce(process.stderr.isTTY ? "waiting for events…" : ""),
    onBroken: () => say("fmesh: the events cannot be followed at the moment; trying on"),
  });
  const told = new ToldEvents({ style: styleFor(process.stdout.isTTY, process.env), hasTypes });
  const lineOf = ({ data }: EventSourceMessage): string =>
    json === true ? data.replaceAll("\n", " ") : told.lineOf(readToldEvent(data));

  for await (const messages of feed.batches(signal)) {
    if (messages.some(({ event }) => event === "gap")) say(GAP);
    const lines = messages.filter(({ event }) => event === undefined).map(lineOf);
    if (lines.length > 0) await write(`${lines.join("\n")}\n`, signal);
    if (signal.aborted) break;
  }
  if (feed.lastEventId !== undefined) say(`to go on from here: --after ${feed.lastEventId}`);
  // Output that nobody takes would hold the process.
  process.exit();
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function sayOnce(text: string): () => void {
  let isSaid = text === "";
  return () => {
    if (!isSaid) say(text);
    isSaid = true;
  };
}

/** Waits until whoever reads has taken it, so that nothing heaps up here. */
function write(text: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    signal.addEventListener("abort", end, { once: true });
    process.stdout.write(text, end);
  });
}
