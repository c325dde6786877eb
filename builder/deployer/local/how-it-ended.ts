import type { Deployment } from "../../../mesh/deployment.ts";
import { DeployError } from "../deploy-error.ts";
import type { InstanceEnd } from "./instance.ts";

/** Of what it wrote, as much as a person reads in an error. */
const SHOWN_LINES = 20;

/** What is told of an instance that ended and was not asked to. */
export function endedError(deployment: Deployment, end: InstanceEnd, { wasUp }: { wasUp: boolean }): DeployError {
  const what = titleOf(deployment);
  const { lastLines } = end;
  if (end.reason === "out_of_memory") {
    const { memory } = deployment.resources;
    const text = `${what} was ended because it used more than its ${memory} of memory; let it use less, or give it more`;
    return new DeployError("out_of_memory", text);
  }
  const how = wasUp ? `ended ${howIt(end)}` : `ended ${howIt(end)} before it took calls`;
  return new DeployError(wasUp ? "crash_loop" : "start_failed", withLines(`${what} ${how}`, lastLines));
}

/** What is told of an instance that runs, and does not take calls. */
export function lateError(
  deployment: Deployment,
  { startMs, lastLines }: { readonly startMs: number; readonly lastLines: readonly string[] },
): DeployError {
  const text = `${titleOf(deployment)} did not take calls within ${startMs / 1000} seconds`;
  return new DeployError("not_ready", withLines(`${text}; look at what it does when it is loaded`, lastLines));
}

/** `version 2 of "greet"` */
export function titleOf({ version, label }: Pick<Deployment, "version" | "label">): string {
  return `version ${version} of "${label}"`;
}

function howIt({ code, signal }: InstanceEnd): string {
  return signal === undefined ? `with code ${code ?? "unknown"}` : `by ${signal}`;
}

function withLines(text: string, lines: readonly string[]): string {
  return lines.length === 0 ? text : `${text}; the last that it wrote:\n${lines.slice(-SHOWN_LINES).join("\n")}`;
}
