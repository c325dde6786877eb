const EDITABLE = "input, textarea, select, [contenteditable=true]";

/** Brings the row that the keyboard is at into sight and to the focus, unless somebody writes elsewhere. A `ref`. */
export function focusRow(row: HTMLElement | null): void {
  if (row === null || document.activeElement?.matches(EDITABLE)) return;
  row.scrollIntoView({ block: "nearest" });
  row.focus({ preventScroll: true });
}
