import { Command, Option } from "commander";
import type { Subscription } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { LogLevel } from "../../mesh/log.ts";
import { isName } from "../../mesh/names.ts";
import { pause } from "../../mesh/pause.ts";
import { Failure, USAGE } from "../failure.ts";
import { LogReader } from "../logs/log-reader.ts";
import { humanOf, jsonOf } from "../logs/log-record.ts";
import { MeshConnection } from "../mesh/connection.ts";
import { type MeshPlace, findMesh, projectOf } from "../mesh/find-mesh.ts";
import { stopSignal } from "../stop-signal.ts";
import { styleFor } from "../terminal/style.ts";

interface LogsOptions {
  readonly config: string;
  readonly project?: string;
  readonly lines: string;
  readonly follow: boolean;
  readonly level?: LogLevel;
  readonly trace?: string;
  readonly json?: true;
}

/** As many as a worker remembers: what was missed while the broker was away. */
const ALL_LINES = 1_000;
const LOOK_AGAIN_MS = 1_000;

/** `fmesh logs`: what the workers say, wherever they run. */
export function logsCommand(): Command {
  return new Command("logs")
    .summary("follow the logs of all workers")
    .description(
      "Shows the last log lines of the workers of the mesh, on any machine, in the order of their time, and follows them.",
    )
    .argument("[service]", "only this service's")
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "project; may be left out when there is only one")
    .option("--lines <number>", "how many lines of the past, all workers together", "50")
    .option("--no-follow", "stop after those")
    .addOption(
      new Option("--level <level>", "only lines of this level or a graver one").choices([
        "debug",
        "info",
        "warn",
        "error",
      ]),
    )
    .option("--trace <id>", "only lines of this trace: the 32 hexadecimal digits of a traceparent")
    .option("--json", "print the JSON lines as they are")
    .addHelpText(
      "after",
      `
Examples:
  fmesh logs
  fmesh logs arithmetic --level warn
  fmesh logs --no-follow --lines 200 --trace 4bf92f3577b34da6a3ce929d0e0e4736
  fmesh logs --json | jq 'select(.message == "call failed")'

Exit codes: 0 shown, also when there was nothing to show; 1 no mesh, or no such service; 2 wrong usage.`,
    )
    .action(logs);
}

async function logs(service: string | undefined, options: LogsOptions): Promise<void> {
  const lines = parseLines(options.lines);
  if (service !== undefined && !isName(service)) {
    throw new Failure(`"${service}" cannot be a service: use 1 to 64 letters, digits, _ or -`, { exitCode: USAGE });
  }
  if (options.trace !== undefined && !/^[0-9a-f]{32}$/.test(options.trace)) {
    throw new Failure(`--trace is "${options.trace}"; give 32 hexadecimal digits`, { exitCode: USAGE });
  }
  const find = (): Promise<MeshPlace> => findMesh(options, process.env);
  const connection = await MeshConnection.open(find);
  try {
    const reader = readerFor(projectOf(connection.place), service, options);
    if (options.follow) await follow(connection, reader, lines);
    else if ((await reader.catchUp(connection.broker, lines)) === 0 && service !== undefined) {
      throw new Failure(`no service "${service}" runs; \`fmesh services\` shows those that do`);
    }
  } finally {
    await connection.close();
  }
}

function readerFor(project: string, service: string | undefined, options: LogsOptions): LogReader {
  const { level, trace: traceId } = options;
  const style = styleFor(process.stdout.isTTY, process.env);
  return new LogReader({ project, service, level, traceId }, (record) => {
    process.stdout.write(`${options.json === true ? jsonOf(record) : humanOf(record, style)}\n`);
  });
}

/** Shows the past and goes on until stopped, also over the broker's being away and over another start of the mesh. */
async function follow(connection: MeshConnection, reader: LogReader, lines: number): Promise<void> {
  const signal = stopSignal();
  let followed: { broker: MeshConnection["broker"]; subscription: Subscription } | undefined;
  let isBehind = true;
  let past = lines;
  while (!signal.aborted) {
    const { broker } = connection;
    if (broker.status === "connected") {
      // A connection that comes back has its subscriptions again; only the past is missing.
      if (followed?.broker !== broker) followed = { broker, subscription: reader.follow(broker) };
      if (isBehind) isBehind = !(await caughtUp(connection, reader, past));
    } else {
      if (!isBehind) process.stderr.write(`fmesh: the broker at ${broker.url} cannot be reached; trying on\n`);
      isBehind = true;
      await connection.seek();
    }
    if (!isBehind) past = ALL_LINES;
    await statusChange(connection, signal);
  }
}

async function caughtUp({ broker }: MeshConnection, reader: LogReader, lines: number): Promise<boolean> {
  try {
    await reader.catchUp(broker, lines);
    return true;
  } catch (error) {
    if (error instanceof MeshError && error.code === "broker_unavailable") return false;
    throw error;
  }
}

/** Waits until the broker goes or comes, and no longer than a second. */
async function statusChange({ broker }: MeshConnection, signal: AbortSignal): Promise<void> {
  const changed = new AbortController();
  const stop = broker.onStatus(() => changed.abort());
  await pause(LOOK_AGAIN_MS, AbortSignal.any([signal, changed.signal]));
  stop();
}

function parseLines(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Failure(`--lines is "${text}"; give a whole number`, { exitCode: USAGE });
}
