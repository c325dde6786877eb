import { Command } from "commander";
import { consoleLog } from "../console-log.ts";
import { type LifeStep, live } from "../demo/life.ts";
import { startThrowAwayMesh } from "../demo/throw-away-mesh.ts";
import { printJson } from "../api/print.ts";
import { formatMs } from "../services/format.ts";
import { stopSignal } from "../stop-signal.ts";
import { AlignedLines } from "../terminal/aligned-lines.ts";
import { printable } from "../terminal/printable.ts";
import { type Style, styleFor } from "../terminal/style.ts";

const NAME_WIDTH = 14;
const TIME_WIDTH = 7;

/** `fmesh demo`: the life of a function, on a mesh that is gone afterwards. */
export function demoCommand(): Command {
  return new Command("demo")
    .summary("create, build, deploy and call a function")
    .description(
      "Starts a mesh in a temporary folder, creates a function, builds its image, deploys it and calls it over the HTTP API, and " +
        "shows each step with its time, the answer, and what is on record of the call. Everything is gone afterwards.",
    )
    .option("--json", "print JSON")
    .option("--verbose", "show what the mesh says meanwhile")
    .addHelpText(
      "after",
      `
Example:
  fmesh demo

Exit codes: 0 the function answered; 1 something did not work; 2 wrong usage.`,
    )
    .action(demonstrate);
}

async function demonstrate({ json, verbose }: { readonly json?: true; readonly verbose?: true }): Promise<void> {
  // The mesh is its own: a token for another one is no good here.
  process.env["FMESH_TOKEN"] = "";
  const signal = stopSignal();
  const show = json === true ? undefined : new Shown(process.stdout, styleFor(process.stdout.isTTY, process.env));
  const log = verbose === true ? consoleLog((line) => void process.stderr.write(`${line}\n`)) : undefined;
  const steps: LifeStep[] = [];
  show?.title("the life of a function; the first build also makes what functions' images stand on");
  show?.begin("start");
  const startedAt = performance.now();
  const mesh = await startThrowAwayMesh(signal, log);
  try {
    const lines = [`a mesh with its gateway at ${mesh.gatewayUrl}`];
    show?.end({ name: "start", durationMs: performance.now() - startedAt, lines, parts: [] });
    const options = { config: mesh.configFile, claims: '{"id":"demo"}' };
    for await (const step of live(options, { signal, onBegin: (name) => show?.begin(name) })) {
      steps.push(step);
      show?.end(step);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await mesh.close();
  }
  if (json === true) printJson(steps);
  // What the mesh has loaded would keep the process for a while.
  process.exit();
}

/** Steps as blocks of lines; at a terminal it is seen what goes on. */
class Shown {
  readonly #output: NodeJS.WriteStream;
  readonly #style: Style;
  readonly #lines = new AlignedLines();

  constructor(output: NodeJS.WriteStream, style: Style) {
    this.#output = output;
    this.#style = style;
  }

  title(text: string): void {
    this.#output.write(`${text}\n\n`);
  }

  begin(name: string): void {
    if (this.#output.isTTY) this.#output.write(this.#style.dim(`${name} …`));
  }

  end({
    name,
    durationMs,
    lines: [first = "", ...more],
    parts,
  }: Omit<LifeStep, "name"> & { readonly name: string }): void {
    if (this.#output.isTTY) this.#output.write("\r\u001b[K");
    this.#line(name, durationMs, first);
    for (const text of more) this.#line("", undefined, text);
    for (const { name: part, durationMs: ms, note = "" } of parts) this.#line(`  ${part}`, ms, note, this.#style.dim);
  }

  #line(name: string, ms: number | undefined, text: string, paint = (same: string): string => same): void {
    const line = this.#lines.line([
      { text: name, least: NAME_WIDTH, paint },
      { text: ms === undefined ? "" : formatMs(ms), align: "right", least: TIME_WIDTH, paint },
      { text: printable(text), paint },
    ]);
    this.#output.write(`${line}\n`);
  }
}
