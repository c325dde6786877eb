import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { cspNonce } from "../csp-nonce.ts";

const FLOAT = {
  border: "0",
  borderRadius: "var(--radius-md)",
  backgroundColor: "var(--surface-raised)",
  boxShadow: "var(--shadow-float)",
  color: "var(--text)",
};

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "transparent", fontSize: "var(--size-sm)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-code)", lineHeight: "1.6", fontVariantLigatures: "none" },
  ".cm-content": { padding: "0.5rem 0", caretColor: "var(--accent-text)" },
  ".cm-cursor": { borderLeftColor: "var(--accent-text)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 24%, transparent)",
  },
  ".cm-gutters": { border: "0", backgroundColor: "transparent", color: "var(--text-faint)" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 0.5rem 0 0.75rem", minWidth: "2.5rem" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter": { backgroundColor: "var(--surface-hover)" },
  "&.cm-focused .cm-activeLineGutter": { color: "var(--text)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "1px solid var(--accent-text)",
  },
  ".cm-foldPlaceholder, .cm-collapsedLines": {
    border: "0",
    background: "var(--surface-hover)",
    color: "var(--text-soft)",
    fontFamily: "var(--font-text)",
    fontSize: "var(--size-xs)",
  },
  ".cm-tooltip": FLOAT,
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-code)", maxHeight: "16rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.25rem 0.5rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent-soft)", color: "var(--accent-text)" },
  ".cm-completionDetail": { color: "var(--text-faint)", fontStyle: "normal", marginLeft: "1rem" },
  ".cm-completionInfo": { ...FLOAT, padding: "0.5rem 0.75rem", fontFamily: "var(--font-text)" },
  ".cm-tooltip-hover": { padding: "0.375rem 0.625rem", fontFamily: "var(--font-code)", maxWidth: "40rem" },
  ".cm-tooltip-lint": { padding: "0.25rem", fontFamily: "var(--font-text)", fontSize: "var(--size-sm)" },
  ".cm-diagnostic": { padding: "0.25rem 0.5rem", borderLeftWidth: "3px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad-line)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning-line)" },
  ".cm-diagnostic-info": { borderLeftColor: "var(--info)" },
  ".cm-lintRange-error, .cm-lintRange-warning, .cm-lintRange-info": { backgroundImage: "none" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--bad-line)", textUnderlineOffset: "0.2em" },
  ".cm-lintRange-warning": { textDecoration: "underline wavy var(--warning-line)", textUnderlineOffset: "0.2em" },
  ".cm-lintRange-info": { textDecoration: "underline dotted var(--info)", textUnderlineOffset: "0.2em" },
  ".cm-panels": { backgroundColor: "var(--surface-sunken)", color: "var(--text)" },
  ".cm-panels-bottom, .cm-panels-top": { border: "0", borderTop: "1px solid var(--border)" },
  ".cm-searchMatch": { backgroundColor: "var(--warning-soft)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--warning-soft)", outline: "1px solid var(--warning-line)" },
  ".cm-textfield": {
    border: "1px solid var(--border-control)",
    borderRadius: "var(--radius-sm)",
    backgroundColor: "var(--surface-card)",
  },
  ".cm-button": {
    border: "1px solid var(--border-strong)",
    borderRadius: "var(--radius-sm)",
    backgroundImage: "none",
    backgroundColor: "var(--surface-card)",
    color: "var(--text)",
  },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: "none" },
  ".cm-collapsedLines": { padding: "0.125rem 0.75rem", cursor: "pointer" },
  ".cm-gutter-lint": { width: "1rem" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 0.125rem" },
  ".cm-lint-marker": { width: "0.625rem", height: "0.625rem", margin: "0.34rem auto 0" },
  ".cm-lint-marker-error": { content: "normal", borderRadius: "50%", backgroundColor: "var(--bad-line)" },
  ".cm-lint-marker-warning": {
    content: "normal",
    clipPath: "polygon(50% 0, 100% 100%, 0 100%)",
    backgroundColor: "var(--warning-line)",
  },
  ".cm-lint-marker-info": { content: "normal", backgroundColor: "var(--info)" },
  ".cm-changedLine": { backgroundColor: "var(--good-soft)" },
  "&.cm-merge-b .cm-changedText, .cm-insertedLine .cm-changedText": {
    // Underlined: a deeper colour behind it leaves too little contrast to the text.
    background: "none",
    boxShadow: "inset 0 -2px 0 var(--good-line)",
  },
  ".cm-deletedChunk": { backgroundColor: "var(--bad-soft)", paddingLeft: "0.375rem" },
  "&.cm-editor .cm-deletedChunk .cm-deletedText": {
    background: "none",
    boxShadow: "inset 0 -2px 0 var(--bad-line)",
    textDecoration: "none",
  },
  "&.cm-merge-b .cm-changedLineGutter": { background: "var(--good-line)" },
  ".cm-deletedLineGutter": { background: "var(--bad-line)" },
});

/** As high as the text, within limits. */
const ownHeight = EditorView.theme({ ".cm-scroller": { minHeight: "8rem", maxHeight: "42rem" } });

/** How editors look: by the tokens of the design system, so that they follow the theme by themselves. */
export function editorLook({ hasOwnHeight }: { readonly hasOwnHeight: boolean }): Extension {
  return [EditorView.cspNonce.of(cspNonce()), look, hasOwnHeight ? ownHeight : []];
}
