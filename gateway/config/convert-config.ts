import { compactProject } from "./compact.ts";
import type { ConfigFinding } from "./config-error.ts";
import { type Plain, readOwnValue } from "./own-value.ts";
import { printConfig } from "./print-config.ts";

/** A file in our own dialect, and what did not come along. */
export interface ConvertedConfig {
  readonly text: string;
  readonly warnings: readonly ConfigFinding[];
  readonly dialect: "own" | "space-cloud";
}

/** Sections in the order in which people look for them. */
const FIRST = ["projects", "gateway", "admin"];

/**
 * A file of 2019 in our own dialect, with the warnings as comments; `$NAME` stays, defaults are not spelled out. A file that is in our
 * dialect already stays as it is.
 *
 * @param filename how it is read, and what the comments name; one that ends in `json` becomes JSON, which has no comments.
 * @throws ConfigError with what keeps it from being converted.
 */
export function convertConfig(text: string, filename: string): ConvertedConfig {
  const { value, projects, dialect, warnings } = readOwnValue(text, filename);
  if (dialect === "own") return { text, warnings, dialect };
  const sections: Plain = { ...value, projects: projects.map(compactProject) };
  const order = [
    ...FIRST.filter((key) => key in sections),
    ...Object.keys(sections).filter((key) => !FIRST.includes(key)),
  ];
  const ordered = Object.fromEntries(order.map((key) => [key, sections[key]]));
  return { text: printConfig(ordered, { filename, comment: commentOf(warnings) }), warnings, dialect };
}

function commentOf(warnings: readonly ConfigFinding[]): string {
  if (warnings.length === 0) return "Converted from a file of 2019.";
  const lines = warnings.map(({ line, path, message }) => `- line ${line}, ${path}: ${message}`);
  return ["Converted from a file of 2019. What to know of it, by the lines it had:", ...lines].join("\n");
}
