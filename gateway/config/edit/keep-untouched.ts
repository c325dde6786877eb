import { type Document, type ParsedNode, isMap, isScalar, isSeq, parseDocument } from "yaml";
import { isSameValue } from "../same-value.ts";

/**
 * The text with the changes of its printed form, and everything else as it stands: printing lays out anew what was not touched, too.
 * Where the two cannot be brought together, the printed form.
 */
export function keepUntouched(text: string, printed: string): string {
  const [before, after] = [text, printed].map((source) => parseDocument(source, { logLevel: "error" }));
  if (before === undefined || after === undefined || before.contents === null) return printed;
  const changes: Change[] = [];
  gather(changes, { before, after, text, printed, indent: 0 }, before.contents, after.contents);
  let result = text;
  for (const { from, to, text: instead } of changes.toSorted((a, b) => b.from - a.from)) {
    result = result.slice(0, from) + instead + result.slice(to);
  }
  const made = parseDocument(result, { logLevel: "error" });
  return made.errors.length === 0 && isSameValue(made.toJS(), after.toJS()) ? result : printed;
}

interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Sides {
  readonly before: Document;
  readonly after: Document;
  readonly text: string;
  readonly printed: string;
  /** How much further to the right the text has what is being looked at. */
  readonly indent: number;
}

type Part = ParsedNode | null;

function gather(changes: Change[], sides: Sides, before: Part, after: Part): void {
  if (before === null || after === null || meansTheSame(sides, before, after)) return;
  const [old, now] = [partsOf(before), partsOf(after)];
  const isLonger = old !== undefined && now !== undefined && old.every(({ key }, index) => key === now[index]?.key);
  const last = old?.at(-1)?.value;
  if (!isLonger || last === undefined || last === null || before.tag !== after.tag) {
    changes.push({ from: before.range[0], to: before.range[1], text: slice(sides, after.range[0], after.range[1]) });
    return;
  }
  const indent = columnOf(sides.text, before.range[0]) - columnOf(sides.printed, after.range[0]);
  old.forEach(({ value }, index) => gather(changes, { ...sides, indent }, value, now[index]?.value ?? null));
  const lastKept = now[old.length - 1]?.value;
  if (now.length === old.length || lastKept === undefined || lastKept === null) return;
  // With the comment behind it.
  const at = last.range[2];
  changes.push({ from: at, to: at, text: slice({ ...sides, indent }, lastKept.range[2], after.range[1]) });
}

/** Values with what they are found by: their key, or nothing in a list. */
function partsOf(node: ParsedNode): { key: string; value: Part }[] | undefined {
  if (isSeq<ParsedNode>(node)) return node.items.map((value) => ({ key: "", value }));
  if (!isMap<ParsedNode, Part>(node)) return undefined;
  return node.items.map(({ key, value }) => ({ key: isScalar(key) ? String(key.value) : "", value }));
}

function meansTheSame({ before, after }: Sides, old: ParsedNode, now: ParsedNode): boolean {
  return isSameValue(old.toJS(before), now.toJS(after));
}

/** Part of the printed form, as far to the right as the text has its neighbours. */
function slice({ printed, indent }: Sides, from: number, to: number): string {
  const [first = "", ...lines] = printed.slice(from, to).split("\n");
  // What follows on the end of a line begins one of its own.
  const isWhole = columnOf(printed, from) === 0;
  const moved = lines.map((line) => moveLine(line, indent));
  return [isWhole ? moveLine(first, indent) : first, ...moved].join("\n");
}

function moveLine(line: string, indent: number): string {
  if (line.trim() === "") return line;
  return indent >= 0 ? " ".repeat(indent) + line : line.replace(new RegExp(`^ {0,${-indent}}`), "");
}

function columnOf(text: string, offset: number): number {
  return offset - text.lastIndexOf("\n", offset - 1) - 1;
}
