/** What can be written in an editor. */
export type EditorLanguage = "typescript" | "json" | "yaml" | "text";

/** A place in the text. Lines and columns count from 1. */
export interface EditorPlace {
  readonly line: number;
  readonly column: number;
}

/** Something about a place in the text; line 0 is the whole text. */
export interface EditorProblem extends EditorPlace {
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly tone: "bad" | "warning" | "info";
  readonly message: string;
}
