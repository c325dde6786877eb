import { autocompletion } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";
import {
  tsAutocompleteWorker,
  tsFacetWorker,
  tsHoverWorker,
  tsLinterWorker,
  tsSyncWorker,
} from "@valtown/codemirror-ts";
import { forceLinting } from "@codemirror/lint";
import { startTypeScript } from "./typescript-client.ts";

const FILE = "/index.ts";

/** Checks, completes and explains TypeScript while somebody types. */
export function typescriptSupport(types: Readonly<Record<string, string>>): Extension {
  const { remote, start, close } = startTypeScript();
  const life = ViewPlugin.define((view) => {
    let isOver = false;
    const begin = async (): Promise<void> => {
      await start(types);
      if (isOver) return;
      // What was typed meanwhile.
      await remote.updateFile({ path: FILE, code: view.state.doc.toString() });
      if (!isOver) forceLinting(view);
    };
    void begin();
    return {
      destroy: () => {
        isOver = true;
        close();
      },
    };
  });
  return [
    // Its type speaks of a library for talking to workers that is not needed for four methods.
    tsFacetWorker.of({ worker: remote as never, path: FILE }),
    tsSyncWorker(),
    tsLinterWorker(),
    tsHoverWorker(),
    autocompletion({ override: [tsAutocompleteWorker()] }),
    EditorView.contentAttributes.of({ autocapitalize: "off", autocorrect: "off", spellcheck: "false" }),
    life,
  ];
}
