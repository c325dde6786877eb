import { type CompletionContext, type CompletionSource, autocompletion } from "@codemirror/autocomplete";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter } from "@codemirror/view";
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { useIsDark } from "../../shell/use-theme.ts";
import type { CodeEditorProps } from "../code-editor.tsx";
import { editing } from "./editing.ts";
import type { EditorPlace } from "./editor-problem.ts";
import { languageSupport } from "./language.ts";
import { editorLook } from "./look.ts";
import { setProblems, shownProblems } from "./problems.ts";
import { typescriptSupport } from "./typescript-support.ts";

/** Said to whoever reaches it by the keyboard: there, the tabulator key indents. */
const WAY_OUT = "Escape, then Tab leaves the editor";

/** The editor itself; see `CodeEditor`. */
export function CodeMirror({
  label,
  value,
  onChange,
  language,
  isReadOnly = false,
  problems,
  complete,
  types,
  onSave,
  onRun,
  place,
  hasOwnHeight,
}: Omit<CodeEditorProps, "height"> & { readonly hasOwnHeight: boolean }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const isDark = useIsDark();
  // What may change while the editor stays as it is.
  const [changing] = useState(() => new Compartment());
  const change = useEffectEvent((text: string) => onChange?.(text));
  const save = useEffectEvent(() => onSave?.());
  const run = useEffectEvent(() => {
    onRun?.();
    return onRun !== undefined;
  });
  const start = useEffectEvent(() => value);
  const settings = (): Extension => [
    EditorState.readOnly.of(isReadOnly),
    EditorView.editable.of(!isReadOnly),
    EditorView.darkTheme.of(isDark),
    // One that cannot be written in is still read and scrolled by the keyboard.
    EditorView.contentAttributes.of({ "aria-label": label, "aria-description": WAY_OUT, tabindex: "0" }),
    isReadOnly ? [] : [highlightActiveLine(), highlightActiveLineGutter()],
  ];
  const settingsNow = useEffectEvent(settings);
  // What may stand there is asked each time: more may be known by then.
  const completeNow = useEffectEvent((context: CompletionContext) => complete?.(context) ?? null);
  const completion = useEffectEvent((override: CompletionSource) =>
    complete === undefined ? autocompletion() : autocompletion({ override: [override] }),
  );

  useEffect(() => {
    if (box.current === null) return;
    const made = new EditorView({
      parent: box.current,
      doc: start(),
      extensions: [
        editorLook({ hasOwnHeight }),
        editing({ save: () => save(), run: () => run() }),
        languageSupport(language),
        language === "typescript" && types !== undefined
          ? typescriptSupport(types)
          : completion((context) => completeNow(context)),
        shownProblems,
        changing.of(settingsNow()),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) change(state.doc.toString());
        }),
      ],
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = undefined;
    };
  }, [language, types, hasOwnHeight, changing]);

  useEffect(() => {
    view.current?.dispatch({ effects: changing.reconfigure(settingsNow()) });
  }, [label, isReadOnly, isDark, changing]);

  useEffect(() => {
    const shown = view.current;
    if (shown === undefined || shown.state.doc.toString() === value) return;
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: setProblems.of(problems ?? []) });
  }, [problems, language, types]);

  useEffect(() => {
    if (place !== undefined && view.current !== undefined) goTo(view.current, place);
  }, [place]);

  return <div ref={box} />;
}

function goTo(view: EditorView, { line, column }: EditorPlace): void {
  const { from, to } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  const anchor = Math.min(from + Math.max(column - 1, 0), to);
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
  view.focus();
}
