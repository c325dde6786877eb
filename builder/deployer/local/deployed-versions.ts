import { isDeepStrictEqual } from "node:util";
import type { Deployment } from "../../../mesh/deployment.ts";
import type { Traffic } from "../../../mesh/function.ts";

/** Versions without calls that stay, to be gone back to. */
const KEPT_VERSIONS = 10;

/** Traffic without the versions that get none of it. */
export function withoutNothing(traffic: Traffic): Traffic {
  return Object.fromEntries(Object.entries(traffic).filter(([, percent]) => percent > 0));
}

/** Whether the same runs: which calls it gets is another question. */
export function isSameContent(a: Deployment, b: Deployment): boolean {
  const contentOf = ({ traffic: _traffic, image, ...rest }: Deployment) => ({ ...rest, image: image.digest });
  return isDeepStrictEqual(contentOf(a), contentOf(b));
}

/** The versions that stay: those that get calls, and the newest of the others. */
export function keptVersions(versions: readonly number[], traffic: Traffic): readonly number[] {
  const isCalled = (version: number): boolean => (traffic[version] ?? 0) > 0;
  const others = versions.filter((version) => !isCalled(version)).toSorted((a, b) => b - a);
  return [...versions.filter(isCalled), ...others.slice(0, KEPT_VERSIONS)];
}
