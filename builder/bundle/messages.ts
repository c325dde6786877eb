import { BuildError } from "./build-error.ts";
import { RUNTIME_PACKAGE } from "./dependencies.ts";
import type { HandlerSource } from "./metafile.ts";
import { invalidAt } from "./source-frame.ts";

/** What the bundler said, as it prints it: `error: <text>` and, on the next line, `at <file>:<line>:<column>`. */
const MESSAGE = /^(error|warn): (.*)(?:\n\s+at (.+):(\d+):(\d+))?$/gm;
const MISSING = /^Could not resolve: "([^"]+)"/;
const NOT_OURS = new RegExp(`^No matching export in "node_modules/${RUNTIME_PACKAGE}/index\\.js" for import "(.+)"$`);
const IS_PATH = /^(?:[./~]|[a-z]+:\/)/;

interface Message {
  readonly level: "error" | "warn";
  readonly text: string;
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
}

/** The first thing that is wrong, in words for the handler's author. */
export function firstError(output: string, folder: string, handler: HandlerSource): BuildError {
  const errors = messagesIn(output, folder).filter(({ level }) => level === "error");
  // What is wrong with the handler itself explains the rest.
  const error = errors.find(({ file }) => file === handler.file) ?? errors[0];
  if (error === undefined) return new BuildError("failed", "the bundler failed and did not say why");
  const { file, line, column } = error;
  const text = inWords(error.text);
  if (file === handler.file) return invalidAt({ file, line, column }, text, handler.text);
  return new BuildError("handler_invalid", file === undefined ? text : `${file}:${line}:${column}: ${text}`);
}

/** What is not wrong, and not quite right. */
export function warningsIn(output: string, folder: string): readonly string[] {
  return messagesIn(output, folder)
    .filter(({ level }) => level === "warn")
    .map(({ text, file, line, column }) => (file === undefined ? text : `${file}:${line}:${column}: ${text}`));
}

function messagesIn(output: string, folder: string): readonly Message[] {
  return [...output.matchAll(MESSAGE)].map(([, level, text = "", file, line, column]) => ({
    level: level === "error" ? "error" : "warn",
    text: text.replaceAll(`${folder}/`, ""),
    file: file?.replace(`${folder}/`, ""),
    line: Number(line),
    column: Number(column),
  }));
}

function inWords(text: string): string {
  if (text === "Macros are disabled") return "macros run while a function is built, and are not allowed";
  const [, unknown] = NOT_OURS.exec(text) ?? [];
  if (unknown !== undefined) {
    return `"${RUNTIME_PACKAGE}" has no "${unknown}" for a function: it has fn, PublicError and MeshError, and starts the function by itself`;
  }
  const [, missing] = MISSING.exec(text) ?? [];
  if (missing === undefined) return text;
  if (IS_PATH.test(missing)) {
    return `"${missing}" is not there: a function is one file; put what it needs into it, or pack its folder`;
  }
  const [first = "", second] = missing.split("/");
  const name = first.startsWith("@") && second !== undefined ? `${first}/${second}` : first;
  return `the package "${name}" is not there; add it to the function's dependencies: { "${name}": "<version>" }`;
}
