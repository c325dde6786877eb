import { LineCounter, parseDocument } from "yaml";
import { ConfigError } from "./config-error.ts";
import { Findings } from "./findings.ts";
import type { SourceNode } from "./source-node.ts";
import { TreeBuilder } from "./tree-builder.ts";
import { YAML_PROBLEMS } from "./yaml-problems.ts";

/** Longest file that is read, in bytes of UTF-8. */
export const MAX_CONFIG_BYTES = 5 * 1024 * 1024;

/**
 * Reads YAML, or JSON when the file name ends in `json`, into a tree that knows its places.
 * @throws ConfigError with every problem of the syntax.
 */
export function readSource(text: string, filename: string): { root: SourceNode; findings: Findings } {
  if (new Blob([text]).size > MAX_CONFIG_BYTES) {
    throw ConfigError.ofFile(filename, `is larger than ${MAX_CONFIG_BYTES} bytes; a configuration is not`);
  }
  const lines = new LineCounter();
  const findings = new Findings((offset) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  });
  const root = parse(text, { filename, lines, findings });
  const problems = findings.problems;
  if (problems.length > 0) throw new ConfigError(filename, problems);
  if (root === undefined || root.value === null) {
    throw ConfigError.ofFile(filename, 'is empty; start with "projects:"');
  }
  if (/json$/i.test(filename) && !isJson(text)) {
    throw ConfigError.ofFile(filename, "is not JSON, as its name says; look for comments, single quotes, stray commas");
  }
  return { root, findings };
}

function parse(
  text: string,
  { filename, lines, findings }: { filename: string; lines: LineCounter; findings: Findings },
): SourceNode | undefined {
  try {
    // Every scalar stays text here, so that a dialect may read it by its own YAML version. Uniqueness is checked by
    // the tree builder: the library compares each key with each.
    const document = parseDocument(text, {
      schema: "failsafe",
      stringKeys: true,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error",
      lineCounter: lines,
    });
    for (const { code, pos } of [...document.errors, ...document.warnings]) {
      findings.problem({ path: "", offset: pos[0] }, YAML_PROBLEMS[code]);
    }
    if (document.errors.length > 0 || document.contents === null) return undefined;
    return new TreeBuilder(findings).build(document.contents);
  } catch (error) {
    // The library goes down the tree by recursion and guards most, but not all, of its ways.
    if (!(error instanceof RangeError)) throw error;
    throw ConfigError.ofFile(filename, "nests its values too deeply; flatten them", { cause: error });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ""));
    return true;
  } catch {
    // The engine's message may quote the source, and with it a secret.
    return false;
  }
}
