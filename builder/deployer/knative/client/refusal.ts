import { DeployError } from "../../deploy-error.ts";
import type { Status } from "./status.ts";

/** An answer that is not what was asked for. */
export interface Refusal {
  /** Of HTTP. */
  readonly code: number;
  readonly status: Status;
}

/** What was asked for, for errors. */
export interface Asked {
  /** As Kubernetes knows it: `get`, `patch`. */
  readonly verb: string;
  /** `services.serving.knative.dev "adder" in namespace "shop"` */
  readonly what: string;
  /** `127.0.0.1:6443` */
  readonly host: string;
  /** Where our proof comes from. */
  readonly origin: string;
}

/** What an answer of a cluster means, in words that say what to do. */
export function refusalOf({ code, status }: Refusal, asked: Asked): DeployError {
  const { verb, what, host, origin } = asked;
  const said = status.message === "" ? `HTTP status ${code}` : status.message;
  if (code < 400) {
    const advice = `correct the server of ${origin}`;
    return new DeployError(
      "unreachable",
      `"${host}" sends elsewhere (HTTP status ${code}): it is no API server; ${advice}`,
    );
  }
  if (code === 401) {
    const advice = `log in again, or correct the user of ${origin}`;
    return new DeployError("unauthorized", `the cluster "${host}" does not know us, or no longer; ${advice}`);
  }
  if (code === 403) return forbidden(status, said, asked);
  if (code === 404) return missing(status, said, asked);
  if (code === 409) return conflict(status, said, asked);
  if (isUnavailable(code) && !isAboutSchema(said)) {
    return new DeployError("unreachable", `the cluster "${host}" cannot ${verb} ${what} now: ${said}; try again later`);
  }
  return new DeployError("invalid", `the cluster "${host}" refuses to ${verb} ${what}: ${said}`);
}

function forbidden(status: Status, said: string, { verb, what, origin }: Asked): DeployError {
  if (/exceeded quota/.test(said)) {
    return new DeployError("quota", `there is no room for ${what}: ${said}; raise the quota, or ask for less`);
  }
  // Admission refuses with 403 as well, such as by pod security, and then it is about what was asked for.
  if (status.message !== "" && !/ cannot \S+ (?:resource|path) /.test(said)) {
    return new DeployError("invalid", `the cluster refuses to ${verb} ${what}: ${said}`);
  }
  const advice = `grant the user of ${origin} that right`;
  return new DeployError("forbidden", `the cluster does not let us ${verb} ${what}: ${said}; ${advice}`);
}

function missing(status: Status, said: string, { verb, what, host }: Asked): DeployError {
  if (status.details?.name !== undefined) {
    return new DeployError("not_found", `the cluster "${host}" cannot ${verb} ${what}: ${said}`);
  }
  const advice = what.includes("knative.dev") ? "install Knative Serving" : "correct the address of the cluster";
  return new DeployError("invalid", `the cluster "${host}" has no such thing as ${what}; ${advice}`);
}

function conflict(status: Status, said: string, { verb, what }: Asked): DeployError {
  const causes = (status.details?.causes ?? []).filter(({ reason }) => reason === "FieldManagerConflict");
  if (causes.length === 0) {
    return new DeployError("conflict", `somebody else changed ${what}: ${said}; try again`);
  }
  const owners = causes.map(({ message = "", field = "" }) => `"${managerOf(message)}" (${field})`);
  const advice = "let only one of us manage it, or take these fields away from the other";
  return new DeployError("conflict", `we cannot ${verb} ${what}: it is managed by ${owners.join(", ")}; ${advice}`);
}

function managerOf(message: string): string {
  return /conflict with "([^"]*)"/.exec(message)?.[1] ?? message;
}

function isUnavailable(code: number): boolean {
  return code === 429 || code >= 500;
}

// Fields that are unknown are refused with 500 when they are applied.
function isAboutSchema(said: string): boolean {
  return /not declared in schema|failed to create typed (?:patch|live) object/.test(said);
}
