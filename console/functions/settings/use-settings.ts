import { type UseMutationResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { useToasts } from "../../ui/toast.tsx";
import { type VersionChange, useSaveVersion } from "../detail/save-version.ts";
import type { TaggedFunction } from "../functions-api.ts";
import { type SettingsDraft, changeOf, draftOf, draftProblems, isChanged } from "./settings-draft.ts";

/** Settings that are being written. */
export interface UsedSettings {
  readonly draft: SettingsDraft;
  readonly change: (what: Partial<SettingsDraft>) => void;
  /** What is wrong, by the path of the setting. */
  readonly problems: ReadonlyMap<string, string>;
  readonly canBeSent: boolean;
  readonly isChanged: boolean;
  /** Somebody else has saved a version since. */
  readonly isOutdated: boolean;
  readonly submit: () => void;
  readonly discard: () => void;
  readonly save: UseMutationResult<TaggedFunction, Error, VersionChange>;
}

/** Holds what is written until it is saved as a new version, or discarded. */
export function useSettings(project: string, fn: StoredFunction): UsedSettings {
  const [base, setBase] = useState(fn);
  const [draft, setDraft] = useState(() => draftOf(fn));
  const save = useSaveVersion(project);
  const toasts = useToasts();
  const navigate = useNavigate();
  const hasChanged = isChanged(draft, base);
  const load = (from: StoredFunction): void => {
    setBase(from);
    setDraft(draftOf(from));
  };
  // Whoever has written nothing sees what others saved.
  if (base.version !== fn.version && !hasChanged) load(fn);

  const own = draftProblems(draft);
  const submit = (): void => {
    if (own.size > 0 || !hasChanged) return;
    save.mutate(
      { base, change: changeOf(draft) },
      {
        onSuccess: ({ fn: saved }) => {
          load(saved);
          const deploy = (): void =>
            void navigate({
              to: "/functions/$project/$name",
              params: { project, name: saved.label },
              search: { tab: "deploy", version: saved.version },
            });
          toasts.good(`Saved as version ${saved.version}`, { action: { label: "Deploy it", onPress: deploy } });
        },
      },
    );
  };
  return {
    ...{ draft, save, submit, isChanged: hasChanged },
    isOutdated: base.version !== fn.version,
    change: (what) => {
      setDraft((before) => ({ ...before, ...what }));
      if (save.isError) save.reset();
    },
    problems: save.isError ? new Map([...saidProblems(save.error), ...own]) : own,
    canBeSent: own.size === 0,
    discard: () => {
      save.reset();
      load(fn);
    },
  };
}

/** What the API finds wrong, by the path of the setting. */
function saidProblems(error: Error): readonly (readonly [string, string])[] {
  const { errors = [] } = ProblemError.from(error).problem;
  return errors.map(({ path, message }) => [path.join("."), message] as const);
}
