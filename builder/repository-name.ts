import { createHash } from "node:crypto";

/** What a part of a repository's name may be (OCI distribution spec 1.1): lower case, and no separator at its ends. */
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/**
 * The repository of a function's images: `shop/adder`. Names may hold what repositories do not; those that have to be changed
 * get an end of their own, so that no two functions share a repository.
 */
export function repositoryOf({ project, label }: { readonly project: string; readonly label: string }): string {
  return `${partOf(project)}/${partOf(label)}`;
}

function partOf(name: string): string {
  if (PART.test(name)) return name;
  const close = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  const end = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return close === "" ? `f-${end}` : `${close}-${end}`;
}
