import type { StoredFunction } from "../../../mesh/function.ts";
import type { EditorLanguage } from "../../ui/editor/editor-problem.ts";

/** How a handler is coloured. */
export function editorLanguage(template: StoredFunction["template"]): EditorLanguage {
  return template === "python" ? "text" : "typescript";
}
