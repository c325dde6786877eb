import type { DeployedLine } from "../../../mesh/deployment.ts";

/** How much a line matters. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** A line of a log as it is shown. */
export interface LogLine extends DeployedLine {
  /** Counts up: what tells lines apart. */
  readonly id: number;
  /** Of lines that are JSON, or begin with such a word. */
  readonly level: LogLevel | undefined;
  /** What it says. */
  readonly message: string;
  /** The other members of a line that is JSON: `ms=7`. */
  readonly rest: string;
}

const LEVELS: Readonly<Record<string, LogLevel>> = {
  ...{ trace: "debug", debug: "debug", info: "info", notice: "info", log: "info" },
  ...{ warn: "warning", warning: "warning", error: "error", err: "error", fatal: "error", critical: "error" },
};

/** Levels as pino and bunyan write them. */
const NUMBERS: readonly (readonly [number, LogLevel])[] = [
  [50, "error"],
  [40, "warning"],
  [30, "info"],
  [0, "debug"],
];

/** Reads what is in a line: JSON logs say more than their text. */
export function readLine(line: DeployedLine, id: number): LogLine {
  const json = line.text.startsWith("{") ? parse(line.text) : undefined;
  if (json === undefined) {
    const word = /^\[?(\w{3,8})\]?[:\s]/.exec(line.text)?.[1] ?? "";
    return { ...line, id, level: LEVELS[word.toLowerCase()], message: line.text, rest: "" };
  }
  const { level, severity, lvl, msg, message, text, time: _, timestamp: _2, error, err, ...others } = json;
  const said = [msg, message, text].find((each) => typeof each === "string");
  const known = { ...line, id, level: levelOf(level ?? severity ?? lvl) };
  if (said === undefined) return { ...known, message: line.text, rest: "" };
  const stack = stackOf(error ?? err);
  const rest = {
    ...others,
    ...(stack === undefined && error !== undefined && { error }),
    ...(stack === undefined && err !== undefined && { err }),
  };
  return {
    ...known,
    message: stack === undefined ? String(said) : `${String(said)}\n${stack}`,
    rest: inWords(rest),
  };
}

/** What our own workers say with every line, and what stands beside it already. */
const ALWAYS_THERE: ReadonlySet<string> = new Set(["service", "function_version", "instance"]);
/** What leads elsewhere, and so comes last. */
const IDS: ReadonlySet<string> = new Set(["callId", "traceId"]);

/** `isbn=978 width=80`: shorter than JSON. */
function inWords(members: Readonly<Record<string, unknown>>): string {
  const isOurs = "function_version" in members;
  const shown = Object.entries(members).filter(([name]) => !(isOurs && ALWAYS_THERE.has(name)));
  const word = ([name, value]: readonly [string, unknown]): string =>
    `${name}=${typeof value === "string" && /^\S+$/.test(value) ? value : JSON.stringify(value)}`;
  return [...shown.filter(([name]) => !IDS.has(name)), ...shown.filter(([name]) => IDS.has(name))].map(word).join(" ");
}

/** Whether a line, as it is shown, has all the words that are looked for. */
export function hasWords({ level, message, rest, instance }: LogLine, find: string): boolean {
  const shown = `${level ?? ""} ${message} ${rest} ${instance}`.toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word));
}

/** Lines as a text file has them. */
export function asText(lines: readonly DeployedLine[]): string {
  return lines.map(({ at, version, instance, text }) => `${at} v${version} ${instance} ${text}\n`).join("");
}

/** Where an error comes from is read by people. */
function stackOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("stack" in error)) return undefined;
  return typeof error.stack === "string" ? error.stack : undefined;
}

function levelOf(level: unknown): LogLevel | undefined {
  if (typeof level === "string") return LEVELS[level.toLowerCase()];
  if (typeof level !== "number") return undefined;
  return NUMBERS.find(([least]) => level >= least)?.[1];
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // Not JSON after all: a line may begin with a brace.
    return undefined;
  }
}
