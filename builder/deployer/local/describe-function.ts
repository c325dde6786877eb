import type { Condition, DeployedFunction, DeployedName, DeployedVersion } from "../../../mesh/deployment.ts";
import type { Traffic } from "../../../mesh/function.ts";

/** A function as it is deployed here: as well as the worst of the versions that get its calls. */
export function describeFunction(
  { project, label }: DeployedName,
  traffic: Traffic,
  versions: readonly DeployedVersion[],
): DeployedFunction {
  const newestFirst = versions.toSorted((a, b) => b.version - a.version);
  const called = newestFirst.filter(({ version }) => (traffic[version] ?? 0) > 0);
  const worst = ORDER.flatMap((wanted) => called.filter(({ state }) => state === wanted))[0];
  return { project, label, home: "local", ...conditionOf(worst), traffic, versions: newestFirst };
}

const ORDER = ["failed", "progressing", "ready"] as const;

function conditionOf(version: DeployedVersion | undefined): Condition {
  const { state = "ready", reason, message } = version ?? {};
  return { state, ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) };
}
