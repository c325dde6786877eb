import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { type ReactNode, useEffect, useRef } from "react";
import type { DiffProps } from "../diff.tsx";
import { languageSupport } from "./language.ts";
import { editorLook } from "./look.ts";

/** The comparison itself; see `Diff`. */
export function DiffView({
  label,
  before,
  after,
  language,
  hasOwnHeight,
}: Omit<DiffProps, "height"> & { readonly hasOwnHeight: boolean }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current === null) return;
    const view = new EditorView({
      parent: box.current,
      doc: after,
      extensions: [
        editorLook({ hasOwnHeight }),
        lineNumbers(),
        languageSupport(language),
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } }),
      ],
    });
    return () => view.destroy();
  }, [label, before, after, language, hasOwnHeight]);
  return <div ref={box} />;
}
