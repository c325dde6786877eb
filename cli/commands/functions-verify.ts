import { Command } from "commander";
import type { FunctionVersion } from "../../mesh/function.ts";
import { ApiClient } from "../api/api-client.ts";
import { findFunction, functionPath } from "../api/functions.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printFacts, printJson, printLines } from "../api/print.ts";
import { parseVersion } from "../api/version-argument.ts";
import { explained } from "../builder/explained.ts";
import { showingSteps } from "../builder/show-steps.ts";
import type { VerifiedImage } from "../builder/verify-built.ts";
import { type SuccessfulBuild, builtBy } from "../jobs/built-by.ts";
import { stopSignal } from "../stop-signal.ts";
import { printable } from "../terminal/printable.ts";
import { styleFor } from "../terminal/style.ts";

interface VerifyOptions extends ApiOptions {
  readonly rebuild?: true;
  readonly policy?: string;
  readonly key?: string;
}

/** `fmesh functions verify`. */
export function verifyCommand(): Command {
  return withApiOptions(
    new Command("verify")
      .summary("check who built a function's image, and what is in it")
      .description(
        "Reads the image of a function's version in the registry of the configuration, and judges it by a policy: every rule that " +
          "does not hold is told. Without a policy the image has to be signed with the builder's own key, and to have a bill of " +
          "materials and a provenance. With --rebuild it is built again on this machine, and has to come out the same.",
      )
      .argument("<function>", "its label or its id")
      .argument("[version]", "number of a version; the newest that was built if not given")
      .option("--policy <file>", "policy, YAML or JSON; default: that of the configuration")
      .option("--key <file>", "public key, in place of those of the policy: cosign.pub")
      .option("--rebuild", "build it again, and compare"),
  )
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions verify greet
  fmesh functions verify greet 3 --key cosign.pub
  fmesh functions verify greet --policy policy.yaml --rebuild

Exit codes: 0 all rules hold, and it came out the same; 1 they do not, or it did not; 2 wrong usage.`,
    )
    .action(verify);
}

async function verify(name: string, given: string | undefined, options: VerifyOptions): Promise<void> {
  const version = parseVersion(given);
  const signal = stopSignal();
  const api = await ApiClient.open(options);
  const { item } = await findFunction(api, name);
  const built = await builtBy(api, { id: item.id, label: item.label, version });
  const definition = options.rebuild === true ? await definitionOf(api, built) : undefined;
  // Other commands start without all that it takes.
  const { verifyBuilt } = await import("../builder/verify-built.ts");
  const onProgress = options.json === true ? () => undefined : showingSteps();
  const wanted = { definition, policy: options.policy, key: options.key, onProgress, signal };
  const verified = await explained(() => verifyBuilt(options.config, built.image, wanted), signal);
  if (options.json === true) printJson(verified);
  else print(verified);
  if (!verified.isAllowed || verified.rebuilt?.isSame === false) process.exitCode = 1;
}

/** What the builder was told: the label is the one that the function had then. */
async function definitionOf(api: ApiClient, { functionId, project, label, version }: SuccessfulBuild) {
  const path = `${functionPath(functionId)}/versions/${version}`;
  const { template, runtime, handler, dependencies } = (await api.request<FunctionVersion>(path)).item;
  return { project, label, version, template, runtime, handler, dependencies };
}

function print({ reference, refusals, signedBy, predicateTypes, builderIds, notes, rebuilt }: VerifiedImage): void {
  const style = styleFor(process.stdout.isTTY, process.env);
  printFacts({
    image: reference,
    "signed by": signedBy.join(", "),
    attached: predicateTypes.join(", "),
    "built by": builderIds.join(", "),
    rebuilt: rebuilt?.digest,
  });
  // Each rule that misses something tells all that is not believed; here that is told once.
  const why = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
  const problems = [
    ...refusals.map(({ rule, reason }) => `${rule}: ${why === "" ? reason : reason.replace(why, "")}`),
    ...(rebuilt?.differences ?? []).map((difference) => `rebuilt: ${difference}`),
  ];
  const good = rebuilt === undefined ? "all rules hold" : "all rules hold, and it came out the same";
  printLines(["", ...(problems.length === 0 ? [good] : problems.map((problem) => style.red(printable(problem))))]);
  for (const note of notes) process.stderr.write(`${style.dim(`not believed: ${printable(note)}`)}\n`);
}
