import type { Extension, TransactionSpec } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** What the browser is about to put in place of what is selected, and with what it takes that away. */
const REPLACING = new Set(["insertText", "insertReplacementText", "insertLineBreak", "insertParagraph"]);
const DELETING = new Set(["deleteContentBackward", "deleteContentForward", "deleteByCut"]);

/**
 * Replaces what spans several lines itself. Left to the browser, Chromium joins the lines with elements that have a style of their
 * own, which the content security policy blocks, and reports.
 */
export function replacing(): Extension {
  return EditorView.domEventHandlers({
    beforeinput: (event, view) => {
      const isDeleting = DELETING.has(event.inputType);
      if (view.state.readOnly || event.isComposing || !(isDeleting || REPLACING.has(event.inputType))) return false;
      const range = rangeOf(event, view);
      if (range === undefined) return false;
      const { from, to } = range;
      if (view.state.doc.lineAt(from).number === view.state.doc.lineAt(to).number) return false;
      event.preventDefault();
      const text = isDeleting ? "" : (event.data ?? view.state.lineBreak);
      const spec: TransactionSpec = {
        changes: { from, to, insert: text },
        selection: { anchor: from + text.length },
        userEvent: isDeleting ? "delete.selection" : "input.type",
        scrollIntoView: true,
      };
      const handlers = view.state.facet(EditorView.inputHandler);
      if (!handlers.some((handle) => handle(view, from, to, text, () => view.state.update(spec)))) view.dispatch(spec);
      return true;
    },
  });
}

/** What the browser is about to change: that may be selected on the page before the editor has heard of it. */
function rangeOf(event: InputEvent, view: EditorView): { readonly from: number; readonly to: number } | undefined {
  const [range] = event.getTargetRanges();
  if (range === undefined || range.collapsed) return undefined;
  return {
    from: view.posAtDOM(range.startContainer, range.startOffset),
    to: view.posAtDOM(range.endContainer, range.endOffset),
  };
}
