import type { Extension, TransactionSpec } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** What the browser is about to put in place of what is selected, and with what it takes that away. */
const REPLACING = new Set(["insertText", "insertReplacementText", "insertLineBreak", "insertParagraph"]);
const DELETING = new Set(["deleteContentBackward", "deleteContentForward", "deleteByCut"]);

/**
 * Replaces what is selected itself. Left to the browser, Chromium joins what is left and right of it with elements that have a
 * style of their own, which the content security policy blocks, and reports.
 */
export function replacing(): Extension {
  return EditorView.domEventHandlers({
    beforeinput: (event, view) => {
      const isDeleting = DELETING.has(event.inputType);
      if (view.state.readOnly || event.isComposing || !(isDeleting || REPLACING.has(event.inputType))) return false;
      const range = rangeOf(event, view);
      if (range === undefined) return false;
      const { from, to } = range;
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
  const range = event.getTargetRanges()[0] ?? selectedIn(view.contentDOM);
  if (range === undefined || range.collapsed) return undefined;
  return {
    from: view.posAtDOM(range.startContainer, range.startOffset),
    to: view.posAtDOM(range.endContainer, range.endOffset),
  };
}

/** Chromium does not always say what it is about to change. */
function selectedIn(content: HTMLElement): Range | undefined {
  const selection = content.ownerDocument.getSelection();
  if (selection === null || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  return content.contains(range.commonAncestorContainer) ? range : undefined;
}
