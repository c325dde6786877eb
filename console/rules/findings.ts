import type { Finding } from "../api/admin-types.ts";
import { type Entry, entryKey } from "./services.ts";

/** What a check answers. `before` and `after` are the file's text, for those who may see all of it. */
export interface Checked {
  readonly ok: boolean;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly advice: readonly string[];
  readonly before?: string;
  readonly after?: string;
}

/** Something that was found, with where it leads. */
export interface Remark {
  readonly tone: "bad" | "warning" | "info";
  readonly message: string;
  /** As it is written in the configuration. */
  readonly path: string;
  /** A place in the text; 0 when it is not known. */
  readonly line: number;
  readonly column: number;
  /** Whose rule it is about, and where in the rule. */
  readonly entry?: Entry & { readonly project?: string; readonly inside: string };
}

/** `services.arithmetic.functions.sum.rule.clauses[0]`, below a project or not; 2019's files have modules above. */
const RULE_PATH = /services\.([\w-]+)\.functions\.([\w-]+)(?:\.rule)?\.?(.*)$/;

/** `project "shop": services.cart.functions.add.rule: never passes` */
const ADVICE = /^project "([^"]+)": (\S+): ([^]*)$/;

/** All that a check found, worst first. */
export function remarksOf({ problems, warnings, advice }: Pick<Checked, "problems" | "warnings" | "advice">): Remark[] {
  return [
    ...problems.map((finding) => fromFinding(finding, "bad")),
    ...warnings.map((finding) => fromFinding(finding, "warning")),
    ...advice.map(fromAdvice),
  ];
}

/** Whether something was found in the rule of an entry. */
export function isAbout(remark: Remark, entry: Entry): boolean {
  return remark.entry !== undefined && entryKey(remark.entry) === entryKey(entry);
}

function fromFinding({ path, line, column, message }: Finding, tone: Remark["tone"]): Remark {
  return { tone, message, path, line, column, ...entryAt(path) };
}

function fromAdvice(text: string): Remark {
  const [, project, path = "", message = text] = ADVICE.exec(text) ?? [];
  const { entry } = entryAt(path);
  return {
    tone: "info",
    message,
    path,
    line: 0,
    column: 0,
    ...(entry !== undefined && { entry: { ...entry, ...(project !== undefined && { project }) } }),
  };
}

function entryAt(path: string): Pick<Remark, "entry"> {
  const [, service, name, inside = ""] = RULE_PATH.exec(path) ?? [];
  return service === undefined || name === undefined ? {} : { entry: { service, function: name, inside } };
}
