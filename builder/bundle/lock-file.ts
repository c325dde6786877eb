import * as v from "valibot";
import { BuildError } from "./build-error.ts";

/** A package as the lock file pins it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** `bun.lock`, as far as it is looked at: a package is `["name@version", "<address>", {…}, "<integrity>"]`. */
const lockSchema = v.object({
  packages: v.optional(v.record(v.string(), v.tupleWithRest([v.string()], v.unknown())), {}),
});
const PINNED = /^((?:@[^/@]+\/)?[^@/]+)@(\d+\.\d+\.\d+[0-9A-Za-z.+-]*)$/;
const INTEGRITY = /^sha(?:1|256|384|512)-[A-Za-z0-9+/=]+$/;

/**
 * The packages in a lock file.
 * @throws BuildError `dependency_invalid` for one that comes from anywhere but the registry, `failed` for what is no lock file.
 */
export function lockedPackages(text: string): readonly LockedPackage[] {
  const { packages } = parse(text);
  return Object.values(packages).map(([pinned, , , integrity]) => {
    const [, name, version] = PINNED.exec(pinned) ?? [];
    const isFromRegistry = typeof integrity === "string" && INTEGRITY.test(integrity);
    if (name === undefined || version === undefined || !isFromRegistry) {
      const text = `"${pinned.slice(0, 200)}" does not come from the registry; a dependency's dependencies may not either`;
      throw new BuildError("dependency_invalid", text);
    }
    return { name, version, integrity };
  });
}

/**
 * The lock file without the addresses that follow from a package's name and version: which registry, or mirror of it, they were
 * fetched from makes no difference then.
 */
export function withoutAddresses(text: string): string {
  return text.replaceAll(ADDRESSED, (entry, head: string, name: string, version: string, address: string) =>
    address.endsWith(`/${name}/-/${name.split("/").at(-1) ?? ""}-${version}.tgz`) ? `${head}""` : entry,
  );
}

const ADDRESSED = /(\["((?:@[^"/@]+\/)?[^"/@]+)@([^"@]+)", )"([^"]+)"/g;

function parse(text: string): v.InferOutput<typeof lockSchema> {
  // What is written by Bun has commas behind the last of a list, which strings in it cannot hold before a bracket.
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), lockSchema), text.replaceAll(/,(\s*[}\]])/g, "$1"));
  if (parsed.success) return parsed.output;
  throw new BuildError("failed", "the lock file of the dependencies cannot be read");
}
