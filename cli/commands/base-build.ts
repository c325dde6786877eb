import { Command, Option } from "commander";
import { FUNCTION_RUNTIMES } from "../../mesh/function.ts";
import { gather } from "../arguments.ts";
import { printJson, printLines } from "../api/print.ts";
import type { MadeDocument } from "../builder/build-bases.ts";
import { type BaseSourceOptions, baseSources } from "../builder/base-sources.ts";
import { explained } from "../builder/explained.ts";
import { formatMs } from "../services/format.ts";
import { stopSignal } from "../stop-signal.ts";
import { formatBytes } from "../terminal/format-bytes.ts";

interface BuildBaseOptions extends BaseSourceOptions {
  readonly config: string;
  readonly runtime: (typeof FUNCTION_RUNTIMES)[number];
  readonly tag?: string;
  readonly publish?: true;
  readonly json?: true;
}

/** `fmesh base build`. */
export function buildBaseCommand(): Command {
  return new Command("build")
    .summary("make a base, and publish it")
    .description(
      "Makes a base of files on this machine: nothing is downloaded, and nothing of it is run, so that it may be for another " +
        "processor. The same files give the same digest. With --publish it goes to the registry of the configuration.",
    )
    .addOption(new Option("--runtime <name>", "what it runs").choices(FUNCTION_RUNTIMES).default("bun"))
    .option("--arch <list>", "amd64, arm64 or both, with a comma between; default: this machine's")
    .option("--npm-package <folder>", "unpacked npm package with the runtime; default: this machine's own", gather)
    .option(
      "--root <folder>",
      "a system that is unpacked there, for its C library; default: this machine's own",
      gather,
    )
    .option("--libc <file>", "Debian package with a C library, in place of --root; may be repeated", gather)
    .option("--tag <tag>", "its tag; default: one that tells runtime, version and content")
    .option("--publish", "publish it to the registry of the configuration")
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--json", "print what was made as JSON")
    .addHelpText(
      "after",
      `
With several architectures, paths begin with the one that they are for: arm64=<path>.

Examples:
  fmesh base build
  fmesh base build --runtime python --publish
  fmesh base build --arch amd64,arm64 --npm-package arm64=bun-linux-aarch64 --libc arm64=libc6_arm64.deb --publish

Exit codes: 0 made; 1 it could not be made, or the registry refused; 2 wrong usage.`,
    )
    .action(build);
}

async function build({ config, runtime, tag, publish, json, ...given }: BuildBaseOptions): Promise<void> {
  const sources = baseSources(runtime, given);
  const signal = stopSignal();
  // Other commands start without what makes bases.
  const { buildBases } = await import("../builder/build-bases.ts");
  const isShown = json !== true;
  const wanted = { runtime, sources, tag, isPublished: publish === true, signal };
  const onMade = (made: MadeDocument): void => void (isShown && process.stderr.write(`${lineOf(made)}\n`));
  const document = await explained(() => buildBases(config, { ...wanted, onMade }), signal);
  if (json === true) printJson(document);
  else if (document.reference === undefined) printLines(document.architectures.map(({ digest }) => digest));
  else {
    printLines([document.reference]);
    const sent = document.sentBytes === 0 ? "it was there already" : `${formatBytes(document.sentBytes ?? 0)} sent`;
    const name = `${document.repository}:${document.tag}`;
    process.stderr.write(`published (${sent}); for a builder: builder: { bases: { ${runtime}: "${name}" } }\n`);
  }
}

function lineOf({ architecture, components, layers, durationMs, wasThere }: MadeDocument): string {
  const parts = components.map(({ name, version }) => `${name} ${version}`);
  const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0);
  const took = wasThere ? "it was made before" : `made in ${formatMs(durationMs)}`;
  return `${architecture}: ${parts.join(", ")}; ${layers.length} layers, ${formatBytes(bytes)}; ${took}`;
}
