import type { Base } from "../build.ts";
import type { Registry } from "../registry.ts";
import { buildBase, type BuildBaseOptions } from "./build-base.ts";
import { publishBase } from "./publish-base.ts";

/**
 * The base that works without any set-up: made of what this machine runs on, kept in the cache, and published where it is not
 * yet. Making it takes two seconds once, everything else milliseconds.
 * @throws BaseError where this machine's programs are none for Linux: name others, or publish a base from elsewhere
 * @throws RegistryError
 */
export async function localBase(
  registry: Registry,
  { repository, ...options }: BuildBaseOptions & { readonly repository: string },
): Promise<Base> {
  const base = await buildBase(options);
  return publishBase(registry, repository, [base], options.signal === undefined ? {} : { signal: options.signal });
}
