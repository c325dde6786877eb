import { Command } from "commander";
import { isName } from "../../mesh/names.ts";
import { Failure, USAGE } from "../failure.ts";
import { MeshConnection } from "../mesh/connection.ts";
import { type MeshPlace, findMesh, projectOf } from "../mesh/find-mesh.ts";
import { describeService, readInfos } from "../../gateway/mesh-view/describe.ts";
import { renderService } from "../services/render-service.ts";
import type { Snapshot } from "../../mesh/mesh-view.ts";
import { StatsReader } from "../../gateway/mesh-view/stats-reader.ts";
import { functionTable, instanceTable } from "../services/tables.ts";
import { type Sight, watchStats } from "../services/watch.ts";
import { stopSignal } from "../stop-signal.ts";
import { LiveBlock, sizeOf } from "../terminal/live-block.ts";
import { type Style, styleFor } from "../terminal/style.ts";
import { cut } from "../terminal/table.ts";

interface ServicesOptions {
  readonly config: string;
  readonly project?: string;
  readonly allProjects?: true;
  readonly instances?: true;
  readonly once?: true;
  readonly watch?: true;
  readonly json?: true;
}

/** `fmesh services`: what is in the mesh, and how it does. */
export function servicesCommand(): Command {
  return new Command("services")
    .summary("show the services of the mesh and how they do")
    .description(
      "Shows each function of the mesh with its instances, calls, latencies of the last minute and errors: live at a " +
        "terminal, once elsewhere. With a name: that service's functions, what they take and what they return.",
    )
    .argument("[service]", "describe this service")
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "project; may be left out when there is only one")
    .option("--all-projects", "services of every project on the broker")
    .option("--instances", "list the instances of each service too")
    .option("--once", "show it once, also at a terminal")
    .option("--watch", "go on once a second, also elsewhere")
    .option("--json", "print JSON; with --watch, one line a second")
    .addHelpText(
      "after",
      `
Examples:
  fmesh services
  fmesh services arithmetic
  fmesh services --once --instances
  fmesh services --json | jq -r '.services[].functions[] | "\\(.subject) \\(.p99Ms)"'
  NATS_URL=nats://broker:4222 fmesh services --all-projects

Exit codes: 0 shown, also when no service runs; 1 no mesh, or no such service; 2 wrong usage.`,
    )
    .action(services);
}

async function services(name: string | undefined, options: ServicesOptions): Promise<void> {
  if (name !== undefined && !isName(name)) {
    throw new Failure(`"${name}" cannot be a service: use 1 to 64 letters, digits, _ or -`, { exitCode: USAGE });
  }
  const find = (): Promise<MeshPlace> => findMesh(options, process.env);
  if (name !== undefined) await describe(name, find, options);
  else if (options.once !== true && (options.watch === true || isInteractive(options))) await watch(find, options);
  else await showOnce(find, options);
}

async function describe(name: string, find: () => Promise<MeshPlace>, options: ServicesOptions): Promise<void> {
  const connection = await MeshConnection.open(find);
  try {
    const project = wantedProject(connection.place, options);
    const found = describeService(await readInfos(connection.broker, { name, project }));
    if (found === undefined) throw new Failure(`no service "${name}" runs; \`fmesh services\` shows those that do`);
    print(options.json === true ? `${JSON.stringify(found, undefined, 2)}\n` : renderService(found));
  } finally {
    await connection.close();
  }
}

async function showOnce(find: () => Promise<MeshPlace>, options: ServicesOptions): Promise<void> {
  const connection = await MeshConnection.open(find);
  try {
    const reader = new StatsReader(wantedProject(connection.place, options));
    const snapshot = await reader.read(connection.broker);
    if (options.json === true) print(`${JSON.stringify(snapshot, undefined, 2)}\n`);
    else print(`${lines({ snapshot, unreachable: undefined }, options).join("\n")}\n`);
  } finally {
    await connection.close();
  }
}

async function watch(find: () => Promise<MeshPlace>, options: ServicesOptions): Promise<void> {
  const signal = stopSignal();
  const connection = await MeshConnection.begin(find);
  const reader = new StatsReader(wantedProject(connection.place, options));
  const block = isInteractive(options) ? new LiveBlock(process.stdout) : undefined;
  let last: Sight | undefined;
  const show = (sight: Sight): void => {
    last = sight;
    if (block !== undefined) block.draw(lines(sight, options));
    else if (options.json === true) print(`${JSON.stringify(jsonOf(sight))}\n`);
    else print(`${lines(sight, options).join("\n")}\n\n`);
  };
  const resized = (): void => (last === undefined ? undefined : show(last));
  if (block !== undefined) process.stdout.on("resize", resized);
  try {
    await watchStats({ connection, reader, signal }, show);
  } finally {
    process.stdout.off("resize", resized);
    block?.end();
    await connection.close();
  }
}

/** A line of `--watch --json`: a reading, or that there is none. */
function jsonOf({ snapshot, unreachable }: Sight): unknown {
  return unreachable === undefined ? snapshot : { time: new Date().toISOString(), unreachable };
}

function lines({ snapshot, unreachable }: Sight, options: ServicesOptions): string[] {
  const isLive = isInteractive(options) && options.once !== true;
  const width = process.stdout.isTTY ? sizeOf(process.stdout.columns) : Number.POSITIVE_INFINITY;
  const look = { width, style: styleFor(process.stdout.isTTY, process.env) };
  const all = snapshot === undefined ? [] : tables(snapshot, look, options);
  if (unreachable !== undefined) {
    all.push(look.style.red(cut(`the broker at ${unreachable} cannot be reached; trying on`, width)));
  }
  if (isLive) all.push(look.style.dim(cut("every second; Ctrl-C ends", width)));
  return all;
}

function tables(snapshot: Snapshot, look: { width: number; style: Style }, options: ServicesOptions): string[] {
  if (snapshot.services.length === 0) {
    const where = snapshot.project === null ? "on this broker" : `in project "${snapshot.project}"`;
    return [`no service runs ${where}: start one with \`fmesh worker <script>\`, or list it in fmesh.yaml`];
  }
  return [...functionTable(snapshot, look), ...(options.instances ? ["", ...instanceTable(snapshot, look)] : [])];
}

function wantedProject(place: MeshPlace, { allProjects }: ServicesOptions): string | undefined {
  return allProjects === true ? undefined : projectOf(place);
}

function isInteractive({ json }: ServicesOptions): boolean {
  return process.stdout.isTTY && json !== true;
}

function print(text: string): void {
  process.stdout.write(text);
}
