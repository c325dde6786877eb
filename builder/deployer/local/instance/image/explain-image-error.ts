import { DeployError, type DeployErrorCode } from "../../../deploy-error.ts";
import { RegistryError } from "../../../../registry/registry-error.ts";
import type { ImageReference } from "../../instance.ts";

/** Why an image is not on this machine's disk, for the function's author; other errors stay as they are. */
export function explainImageError(error: unknown, { reference }: ImageReference): unknown {
  if (error instanceof DeployError || !(error instanceof Error)) return error;
  if (error instanceof RegistryError) {
    const text = `the image "${reference}" cannot be had: ${error.message}`;
    return new DeployError("image_unavailable", text, { cause: error });
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const [kind, advice] = DISK[code] ?? ["image_unavailable", "look after the disk, and deploy it again"];
  const text = `the image "${reference}" cannot be unpacked (${code || error.message}); ${advice}`;
  return new DeployError(kind, text, { cause: error });
}

const FULL = ["quota", "the disk is full: make room, and deploy it again"] as const;
const FORBIDDEN = ["forbidden", "let the deployer write to its folder"] as const;

const DISK: Readonly<Record<string, readonly [DeployErrorCode, string]>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: FORBIDDEN,
};
