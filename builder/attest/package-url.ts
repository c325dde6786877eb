import { PackageURL } from "packageurl-js";

/** `pkg:npm/%40scope/name@1.2.3`: how bills of materials and scanners name an npm package. */
export function npmPackageUrl(name: string, version: string): string {
  const slash = name.lastIndexOf("/");
  const scope = slash > 0 ? name.slice(0, slash) : undefined;
  return new PackageURL("npm", scope, name.slice(slash + 1), version, undefined, undefined).toString();
}
