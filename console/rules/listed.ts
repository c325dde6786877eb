import type { Rule } from "../../mesh/rule.ts";
import { clauseWords } from "./clause-words.ts";
import { type Remark, isAbout } from "./findings.ts";
import { ruleWhenOn, switchOf } from "./service-switch.ts";
import { type Entry, entryKey, entryOf, inherited } from "./services.ts";
import type { RulesDraft } from "./use-rules-draft.ts";

/** An entry as the list shows it. */
export interface ListedEntry extends Entry {
  readonly words: string;
  readonly access: "open" | "ruled" | "closed";
  readonly isChanged: boolean;
  readonly isBroken: boolean;
  /** Whether it is the one that is looked at. */
  readonly isOpen: boolean;
}

/** A service as the list shows it. */
export interface ListedService {
  readonly name: string;
  readonly isHouse: boolean;
  readonly state: "on" | "off" | "none";
  readonly entries: readonly ListedEntry[];
}

/** What a service and its functions are called. */
export interface ServedNames {
  readonly name: string;
  readonly functions: readonly { readonly name: string }[];
}

const HOUSE = new Set(["functions", "builder", "deployer"]);

/** The services of a project by rule and by who serves them, `default` and those of the mesh last. */
export function listServices(
  draft: Pick<RulesDraft, "services" | "changed" | "texts">,
  {
    served,
    open,
    remarks,
    search,
  }: {
    /** Those that are there, or start with a call. */
    readonly served: readonly ServedNames[];
    readonly open: Entry | undefined;
    readonly remarks: readonly Remark[];
    readonly search: string;
  },
): ListedService[] {
  const { services, changed, texts } = draft;
  const names = new Set([...Object.keys(services), ...served.map(({ name }) => name)]);
  const wanted = search.trim().toLowerCase();
  const isBroken = (entry: Entry): boolean =>
    Object.hasOwn(texts, entryKey(entry)) || remarks.some((remark) => remark.tone === "bad" && isAbout(remark, entry));
  return (
    [...names]
      // Nobody outside has a reason to call parts of the mesh that have no rules.
      .filter((name) => Object.hasOwn(services, name) || !HOUSE.has(name))
      .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))
      .flatMap((name) => {
        const ruled = services[name]?.functions ?? {};
        const functions = new Set([
          ...Object.keys(ruled),
          ...(served.find((each) => each.name === name)?.functions ?? []).map((each) => each.name),
        ]);
        const entries = [...functions]
          .toSorted((a, b) => Number(a === "default") - Number(b === "default") || a.localeCompare(b))
          .map((each): ListedEntry => {
            const entry = { service: name, function: each };
            return {
              ...entry,
              ...wordsOf(draft, entry),
              isChanged: changed.includes(entryKey(entry)),
              isBroken: isBroken(entry),
              isOpen: open !== undefined && entryKey(open) === entryKey(entry),
            };
          })
          .filter((each) => wanted === "" || entryKey(each).toLowerCase().includes(wanted));
        if (wanted !== "" && entries.length === 0) return [];
        return [{ name, isHouse: HOUSE.has(name), state: switchOf(ruled), entries }];
      })
  );
}

function wordsOf({ services }: Pick<RulesDraft, "services">, entry: Entry): Pick<ListedEntry, "words" | "access"> {
  const own = entryOf(services, entry);
  if (own?.rule !== undefined) return { words: ruleWords(own.rule, own.words), access: accessOf(own.rule) };
  const other = inherited(services, entry);
  const rule = other === undefined ? undefined : entryOf(services, other)?.rule;
  if (rule === undefined) return { words: "nobody: no rule allows it", access: "closed" };
  return {
    words: `as all others: ${ruleWords(rule, other && entryOf(services, other)?.words)}`,
    access: accessOf(rule),
  };
}

/** Changed rules have no words of the gateway's yet. */
function ruleWords(rule: Rule, words: string | undefined): string {
  if (ruleWhenOn(rule) !== undefined) return "nobody: the service is switched off";
  return words ?? clauseWords(rule);
}

function accessOf(rule: Rule): ListedEntry["access"] {
  if (rule.rule === "allow") return "open";
  return rule.rule === "deny" || ruleWhenOn(rule) !== undefined ? "closed" : "ruled";
}

function rank(name: string): number {
  return name === "default" ? 1 : HOUSE.has(name) ? 2 : 0;
}
