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
      "Starts a mesh in a temporary folder, creates a function, builds its image, deploys it and calls it over the HTTP API, and\n" +
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
    .action(async ({ json, verbose }: { json?: true; verbose?: true }) => {
      // The mesh is its own: a token for another one is no good here.
      process.env["FMESH_TOKEN"] = "";
      const signal = stopSignal();
      const say = sayer(styleFor(process.stdout.isTTY, process.env));
      const steps: LifeStep[] = [];
      const startedAt = performance.now();
      const log = verbose === true ? consoleLog((line) => void process.stderr.write(`${line}\n`)) : undefined;
      if (json !== true) process.stdout.write("the life of a function: the first build takes some seconds longer\n\n");
      const mesh = await startThrowAwayMesh(signal, log);
      try {
        if (json !== true)
          say("start", performance.now() - startedAt, [`a mesh with its gateway at ${mesh.gatewayUrl}`]);
        const options = { config: mesh.configFile, claims: '{"id":"demo"}' };
        for await (const step of live(options, signal)) {
          steps.push(step);
          if (json !== true) say(step.name, step.durationMs, step.lines, step.parts);
        }
      } finally {
        await mesh.close();
      }
      if (json === true) printJson(steps);
      // What the mesh has loaded would keep the process for a while.
      process.exit();
    });
}

/** Writes a step as a block of lines. */
function sayer({ dim }: Style) {
  const aligned = new AlignedLines();
  const line = (name: string, ms: number | null, text: string, paint = (same: string) => same): void => {
    const cells = [
      { text: name, least: NAME_WIDTH, paint },
      { text: ms === null ? "" : formatMs(ms), align: "right" as const, least: TIME_WIDTH, paint },
      { text: printable(text), paint },
    ];
    process.stdout.write(`${aligned.line(cells)}\n`);
  };
  return (name: string, ms: number, [first = "", ...more]: readonly string[], parts: LifeStep["parts"] = []): void => {
    line(name, ms, first);
    for (const text of more) line("", null, text);
    for (const part of parts) line(`  ${part.name}`, part.durationMs ?? null, part.note ?? "", dim);
  };
}
