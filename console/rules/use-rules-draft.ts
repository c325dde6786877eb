import { useCallback, useMemo, useState } from "react";
import type { Rule } from "../../mesh/rule.ts";
import type { Project, RuledServices } from "../api/admin-types.ts";
import { type Entry, changedEntries, entryKey, mergeServices, withRule } from "./services.ts";

/** Rules as they are being changed. */
export interface RulesDraft {
  readonly services: RuledServices;
  /** As they are saved. */
  readonly saved: RuledServices;
  /** What the change is based on. */
  readonly etag: string | undefined;
  /** Keys of the entries that are different. */
  readonly changed: readonly string[];
  /** Texts that are no rules yet, by the key of their entry. */
  readonly texts: Readonly<Record<string, string>>;
  /** Somebody else saved other rules of this project since the change began. */
  readonly isConflict: boolean;
  readonly change: (make: (services: RuledServices) => RuledServices) => void;
  readonly setRule: (entry: Entry, rule: Rule) => void;
  /** Keeps a text that is no rule; `undefined` forgets it. */
  readonly setText: (entry: Entry, text: string | undefined) => void;
  readonly discard: () => void;
  /** Puts the changes on top of what is saved now. */
  readonly rebase: () => void;
}

interface State {
  readonly base: RuledServices;
  readonly baseEtag: string | undefined;
  readonly services: RuledServices;
  readonly texts: Readonly<Record<string, string>>;
}

/** Keeps what is changed of a project's rules until it is saved or discarded; without a change it is what is saved. */
export function useRulesDraft({ services: saved }: Project, etag: string | undefined): RulesDraft {
  const [state, setState] = useState<State>();
  const fresh = useMemo<State>(() => ({ base: saved, baseEtag: etag, services: saved, texts: {} }), [saved, etag]);
  const current = state ?? fresh;
  const changed = useMemo(() => changedEntries(current.base, current.services), [current]);
  // Whoever saved something else, another project for example, is in nobody's way.
  const isSameBase = useMemo(() => changedEntries(current.base, saved).length === 0, [current.base, saved]);

  const update = useCallback(
    (make: (before: State) => State) => {
      setState((before) => {
        const next = make(before ?? fresh);
        const isPlain = changedEntries(next.base, next.services).length === 0 && Object.keys(next.texts).length === 0;
        return isPlain ? undefined : next;
      });
    },
    [fresh],
  );
  const change = useCallback<RulesDraft["change"]>(
    (make) => update((before) => ({ ...before, services: make(before.services) })),
    [update],
  );
  return {
    services: current.services,
    saved: current.base,
    etag: isSameBase ? etag : current.baseEtag,
    changed,
    texts: current.texts,
    isConflict: state !== undefined && !isSameBase,
    change,
    setRule: useCallback(
      (entry, rule) =>
        update((before) => ({
          ...before,
          services: withRule(before.services, entry, rule),
          texts: without(before.texts, entry),
        })),
      [update],
    ),
    setText: useCallback(
      (entry, text) =>
        update((before) => {
          const texts = without(before.texts, entry);
          return { ...before, texts: text === undefined ? texts : { ...texts, [entryKey(entry)]: text } };
        }),
      [update],
    ),
    discard: useCallback(() => setState(undefined), []),
    rebase: useCallback(
      () =>
        update((before) => ({
          ...before,
          base: saved,
          baseEtag: etag,
          services: mergeServices(before.base, before.services, saved),
        })),
      [update, saved, etag],
    ),
  };
}

function without(texts: Readonly<Record<string, string>>, entry: Entry): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => key !== entryKey(entry)));
}
