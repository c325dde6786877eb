import type { ConfigFinding } from "./config-error.ts";
import { ConfigError } from "./config-error.ts";
import { detectDialect } from "./dialect.ts";
import { convertOwn } from "./dialects/own.ts";
import { readSource } from "./read-source.ts";
import { plainValue } from "./source-node.ts";

/** A value of JSON, as it comes out of a file. */
export type Plain = Readonly<Record<string, unknown>>;

/** A file in the shape of our own dialect, as far as it was written: no defaults, `$NAME` as it stands, nothing checked. */
export interface OwnValue {
  readonly value: Plain;
  readonly projects: readonly Plain[];
  readonly dialect: "own" | "space-cloud";
  readonly warnings: readonly ConfigFinding[];
}

/**
 * Reads a file of any dialect into our own.
 * @throws ConfigError with what keeps it from being converted.
 */
export function readOwnValue(text: string, filename: string): OwnValue {
  const { root, findings } = readSource(text, filename);
  const dialect = detectDialect(root);
  const value = plainValue(dialect(root, findings));
  const { problems, warnings } = findings;
  if (problems.length > 0) throw new ConfigError(filename, problems);
  if (!isPlain(value)) throw ConfigError.ofFile(filename, 'must be a mapping; start with "projects:"');
  const projects = Array.isArray(value["projects"]) ? value["projects"].filter(isPlain) : [];
  return { value, projects, dialect: dialect === convertOwn ? "own" : "space-cloud", warnings };
}

/** Whether a value is a mapping. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as a mapping; an empty one when it is none. */
export function plain(value: unknown): Plain {
  return isPlain(value) ? value : {};
}
