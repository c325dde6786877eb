/** One thing found in a configuration file: where it stands and what is to be done. Never holds a secret's value. */
export interface ConfigFinding {
  /** Path in the file as it was written: `projects[0].services.arithmetic.functions.sum.rule.eval`; empty at the top. */
  readonly path: string;
  /** Line in the file, from 1; 0 when the finding is about the file as a whole. */
  readonly line: number;
  /** Column in the line, from 1; 0 when the finding is about the file as a whole. */
  readonly column: number;
  readonly message: string;
}

/** More lines than this are counted, not printed: a broken file may hold a problem per character. */
const MAX_SHOWN = 100;

/** A configuration that cannot be used. The message is the full description, one problem per line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly filename: string;
  /** Every problem found, in the order of the file. */
  readonly problems: readonly ConfigFinding[];

  constructor(filename: string, problems: readonly ConfigFinding[], options?: { cause?: unknown }) {
    const shown = problems.slice(0, MAX_SHOWN).map((problem) => formatFinding(filename, problem));
    if (problems.length > MAX_SHOWN) shown.push(`${filename}: and ${problems.length - MAX_SHOWN} more problems`);
    super(shown.join("\n"), options);
    this.filename = filename;
    this.problems = problems;
  }

  /** A problem of the whole file: it is missing, empty, too large. */
  static ofFile(filename: string, message: string, options?: { cause?: unknown }): ConfigError {
    return new ConfigError(filename, [{ path: "", line: 0, column: 0, message }], options);
  }
}

/** A finding as one line: `fmesh.yaml:12:9 projects[0].id: message`. */
export function formatFinding(filename: string, { path, line, column, message }: ConfigFinding): string {
  const place = line === 0 ? `${filename}:` : `${filename}:${line}:${column}`;
  return path === "" ? `${place} ${message}` : `${place} ${path}: ${message}`;
}
