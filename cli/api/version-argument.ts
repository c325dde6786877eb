import { Failure, USAGE } from "../failure.ts";

/** The number of a version, where one was given. @throws Failure with the exit code of wrong usage. */
export function parseVersion(version: string | undefined): number | undefined {
  if (version === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(version)) return Number(version);
  throw new Failure(`"${version}" is no version; give its number`, { exitCode: USAGE });
}
