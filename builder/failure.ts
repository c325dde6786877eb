import type { JobError } from "../mesh/job.ts";
import { KeyError } from "./attest/key-error.ts";
import { PolicyError } from "./attest/policy-error.ts";
import { BaseError } from "./base/base-error.ts";
import { BuildError } from "./bundle/build-error.ts";
import { DeployError } from "./deployer/deploy-error.ts";
import { ImageError } from "./image/image-error.ts";
import { RegistryError } from "./registry/registry-error.ts";

/**
 * What the author of a function is told of a build that failed; `undefined` for what has nothing to do with them, and only
 * belongs into the log.
 */
export function toJobError(error: unknown): JobError | undefined {
  if (error instanceof BuildError) {
    const { code, message, place, frame } = error;
    if (place === undefined) return { code, message };
    const { file, line, column } = place;
    const text = frame === undefined ? message : `${message}\n\n${frame}`;
    return { code, message: text, issues: [{ path: [file, line, column], message }] };
  }
  if (error instanceof DeployError) return { code: error.code, message: error.message };
  if (error instanceof RegistryError) return { code: `registry_${error.code}`, message: error.message };
  const isAboutSettings = error instanceof BaseError || error instanceof KeyError || error instanceof PolicyError;
  if (isAboutSettings || error instanceof ImageError) return { code: error.code, message: error.message };
  return undefined;
}
