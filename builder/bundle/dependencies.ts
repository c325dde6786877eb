import { BuildError } from "./build-error.ts";

/** What a handler imports its own runtime's words from; it is given, not installed. */
export const RUNTIME_PACKAGE = "functions-mesh";

const MAX_DEPENDENCIES = 200;
const MAX_NAME = 214;
const MAX_RANGE = 200;
// As npm takes new ones: https://docs.npmjs.com/cli/configuring-npm/package-json#name
const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const PART = "(?:0|[1-9]\\d{0,9}|[xX*])";
const LABEL = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const VERSION = `v?${PART}(?:\\.${PART}(?:\\.${PART}(?:-${LABEL})?(?:\\+${LABEL})?)?)?`;
const COMPARATOR = new RegExp(`^(?:[~^=]|[<>]=?)?${VERSION}$`);
const HYPHENATED = new RegExp(`^${VERSION} - ${VERSION}$`);

/**
 * Checks that dependencies name packages of the registry, by version or range: nothing that stands for a file, a repository, an
 * address, or another name.
 *
 * @throws BuildError `dependency_invalid` naming all that are wrong.
 */
export function checkDependencies(dependencies: Readonly<Record<string, string>>): void {
  const entries = Object.entries(dependencies);
  if (entries.length > MAX_DEPENDENCIES) {
    throw new BuildError("dependency_invalid", `${entries.length} dependencies are more than ${MAX_DEPENDENCIES}`);
  }
  const problems = entries.map(([name, range]) => problemOf(name, range)).filter((text) => text !== undefined);
  if (problems.length > 0) throw new BuildError("dependency_invalid", problems.join("; "));
}

/** Whether a text is a version or a range of versions, as npm writes them. */
export function isRange(text: string): boolean {
  if (text.length > MAX_RANGE) return false;
  return text.split("||").every((alternative) => {
    const trimmed = alternative.replaceAll(/^ +| +$/g, "");
    return HYPHENATED.test(trimmed) || trimmed.split(/ +/).every((part) => COMPARATOR.test(part));
  });
}

function problemOf(name: string, range: string): string | undefined {
  const shown = JSON.stringify(name.slice(0, MAX_NAME));
  if (name.length > MAX_NAME || !NAME.test(name)) return `${shown} is no package name`;
  if (name === RUNTIME_PACKAGE) return `${shown} needs no version: every function has it`;
  if (isRange(range)) return undefined;
  return `${shown}: ${JSON.stringify(range.slice(0, MAX_RANGE))} is no version or range; use one like "1.2.3" or "^1.2.0"`;
}
