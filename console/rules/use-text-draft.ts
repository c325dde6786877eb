import { useState } from "react";
import type { ConfigText } from "./config-api.ts";

/** The whole text as it is being changed. */
export interface TextDraft {
  readonly text: string;
  /** What the change is based on. */
  readonly base: Pick<ConfigText, "text" | "etag">;
  readonly isChanged: boolean;
  /** Somebody else saved since the change began. */
  readonly isConflict: boolean;
  readonly setText: (text: string) => void;
  readonly discard: () => void;
  /** Keeps the text, as a change of what is saved now. */
  readonly rebase: () => void;
}

const NOTHING = { text: "", etag: "" };

/** Keeps a changed text until it is saved or discarded. @param saved `undefined` until it is read */
export function useTextDraft(saved: ConfigText | undefined): TextDraft {
  const [state, setState] = useState<{ readonly base: Pick<ConfigText, "text" | "etag">; readonly text: string }>();
  const base = state?.base ?? saved ?? NOTHING;
  return {
    text: state?.text ?? base.text,
    base,
    isChanged: state !== undefined,
    isConflict: state !== undefined && saved !== undefined && saved.etag !== base.etag,
    setText: (text) => setState(text === base.text ? undefined : { base, text }),
    discard: () => setState(undefined),
    rebase: () => saved !== undefined && setState((before) => before && { ...before, base: saved }),
  };
}
