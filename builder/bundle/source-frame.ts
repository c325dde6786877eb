import { BuildError, type SourcePlace } from "./build-error.ts";

const LINES_BEFORE = 2;
const MAX_WIDTH = 160;

/** A mistake in a source, shown where it is. */
export function invalidAt(place: SourcePlace, text: string, source: string): BuildError {
  const { file, line, column } = place;
  return new BuildError("handler_invalid", `${file}:${line}:${column}: ${text}`, {
    place,
    frame: frameOf(source, place),
  });
}

/** The lines around a place, numbered, with a mark below it; `undefined` for a place that is not there. */
export function frameOf(source: string, { line, column }: SourcePlace): string | undefined {
  const lines = source.split(/\r?\n/);
  if (line < 1 || line > lines.length) return undefined;
  const first = Math.max(1, line - LINES_BEFORE);
  const width = String(line).length;
  const shown = lines
    .slice(first - 1, line)
    .map((text, index) => `${String(first + index).padStart(width)} | ${text.slice(0, MAX_WIDTH)}`);
  const mark = column <= MAX_WIDTH ? [`${" ".repeat(width)} | ${" ".repeat(Math.max(0, column - 1))}^`] : [];
  return [...shown, ...mark].join("\n");
}

/** Where a quoted text first stands in a source. */
export function placeOf(quoted: string, file: string, source: string): SourcePlace | undefined {
  const at = [`"${quoted}"`, `'${quoted}'`, `\`${quoted}\``]
    .map((text) => source.indexOf(text))
    .find((index) => index >= 0);
  if (at === undefined) return undefined;
  const before = source.slice(0, at).split("\n");
  return { file, line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
