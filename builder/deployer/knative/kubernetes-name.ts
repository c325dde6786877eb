import { createHash } from "node:crypto";

/** As Knative wants the names of services (RFC 1035), short enough for what it appends to them and for `-v<version>-<digest>`. */
const PLAIN = /^[a-z](?:[a-z0-9-]{0,40}[a-z0-9])?$/;
/** What made-up names end with. A name that ends so by chance is made up, too, so that no two ever meet. */
const MADE_UP = /-x[0-9a-f]{16}$/;
const READABLE_LENGTH = 24;

/**
 * What something is called in Kubernetes, whose names know no capitals, no `_` and no 64 characters: its own name where that will
 * do, otherwise what can be read of it and a digest. The same name always gives the same, and different names different ones.
 */
export function kubernetesName(name: string): string {
  if (PLAIN.test(name) && !MADE_UP.test(name)) return name;
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, READABLE_LENGTH)
    .replace(/-$/, "");
  return `${readable === "" ? "fn" : readable}-x${hexDigest(name).slice(0, 16)}`;
}

/** SHA-256 in hexadecimal. */
export function hexDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
