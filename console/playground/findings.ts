import type { Issue } from "../../mesh/errors.ts";

/** What a problem says about the parts of what was sent. */
export type Findings = readonly Issue[];

/** Those about the value itself, in one text. */
export function ownFindings(findings: Findings): string | undefined {
  const own = findings.filter(({ path }) => path.length === 0).map(({ message }) => message);
  return own.length === 0 ? undefined : own.join(" ");
}

/** Those about a member, or an item, of it. */
export function findingsAt(findings: Findings, step: string | number): Findings {
  return findings
    .filter(({ path }) => String(path[0]) === String(step))
    .map(({ path, ...rest }) => ({ ...rest, path: path.slice(1) }));
}
