import type { Digest } from "../oci.ts";
import { RegistryError } from "./registry-error.ts";

// The grammars of the OCI distribution spec 1.1.
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MAX_REPOSITORY_LENGTH = 255;

/** @throws RegistryError `refused` for a name that no registry takes: it would also be a path into nowhere. */
export function checkRepository(repository: string): void {
  if (repository.length <= MAX_REPOSITORY_LENGTH && REPOSITORY.test(repository)) return;
  const allowed = 'lower-case letters and digits, with single "." "_" "-" between them, and "/" between parts';
  throw new RegistryError("refused", `"${repository}" is not the name of a repository; it may have ${allowed}`);
}

/** @throws RegistryError `refused` for what cannot be a tag. */
export function checkTag(tag: string): void {
  if (TAG.test(tag)) return;
  const allowed = 'up to 128 letters, digits, "_", "." and "-", not beginning with "." or "-"';
  throw new RegistryError("refused", `"${tag}" is not a tag; it may have ${allowed}`);
}

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** @throws RegistryError `refused` for what is not a SHA-256 digest. */
export function checkDigest(digest: string): asserts digest is Digest {
  if (!isDigest(digest)) {
    throw new RegistryError("refused", `"${digest}" is not a digest; it is "sha256:" and 64 hexadecimal digits`);
  }
}

/** The digits alone: what a file of this content is called in a layout. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}
