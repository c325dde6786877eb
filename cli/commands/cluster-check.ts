import { Command } from "commander";
import type { Finding } from "../../builder/deployer/knative/check-namespace.ts";
import { printJson } from "../api/print.ts";
import { explained } from "../builder/explained.ts";
import { stopSignal } from "../stop-signal.ts";
import { printable } from "../terminal/printable.ts";
import { styleFor } from "../terminal/style.ts";

interface CheckOptions {
  readonly config: string;
  readonly project?: string;
  readonly json?: true;
}

const MARKS = { good: "ok", poor: "!", bad: "x", unknown: "?" } as const;
const MARK_WIDTH = 3;

/** `fmesh cluster check`. */
export function clusterCheckCommand(): Command {
  return new Command("check")
    .summary("say what the cluster lacks")
    .description(
      "Says whether the cluster is there and has what functions need: Knative Serving, the namespaces of the projects, rights, " +
        "service accounts and pull secrets, and an ingress that answers. For what is missing it says how to mend it. It changes " +
        "nothing. Its kubeconfig is found as a deployer finds it: use the deployer's account to see what that may.",
    )
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "look at the namespace of one project; at those of all if not given")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh cluster check
  KUBECONFIG=deployer.yaml fmesh cluster check --json

Exit codes: 0 it has what functions need; 1 it lacks something, or cannot be reached; 2 wrong usage.`,
    )
    .action(check);
}

async function check({ config, project, json }: CheckOptions): Promise<void> {
  const signal = stopSignal();
  // Other commands start without it.
  const { checkConfiguredCluster } = await import("../deployer/check-cluster.ts");
  const findings: Finding[] = [];
  await explained(async () => {
    for await (const finding of checkConfiguredCluster({ config, project, env: process.env, signal })) {
      findings.push(finding);
      if (json !== true) print(finding);
    }
  }, signal);
  if (json === true) printJson(findings);
  if (findings.some(({ state }) => state === "bad")) process.exitCode = 1;
}

/** `ok` works, `!` is worth mending, `x` is in the way, and `?` cannot be seen by whoever asks. */
function print({ what, state, text, mend }: Finding): void {
  const style = styleFor(process.stdout.isTTY, process.env);
  const paint = { good: (words: string) => words, poor: style.yellow, bad: style.red, unknown: style.dim }[state];
  process.stdout.write(`${paint(MARKS[state].padEnd(MARK_WIDTH))}${printable(`${what}: ${text}`)}\n`);
  if (mend !== undefined) process.stdout.write(`${" ".repeat(MARK_WIDTH)}${style.dim(`mend: ${printable(mend)}`)}\n`);
}
