import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { replacing } from "./replacing.ts";

/** What somebody who writes code expects of an editor: its keys, its margins, and what it does by itself. */
export function editing({ save, run }: { readonly save: () => void; readonly run: () => boolean }): Extension {
  const running = { key: "Mod-Enter", run };
  const saving = {
    key: "Mod-s",
    run: () => {
      save();
      return true;
    },
  };
  return [
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    replacing(),
    highlightSelectionMatches(),
    EditorState.tabSize.of(2),
    keymap.of([
      saving,
      running,
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...lintKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
  ];
}
