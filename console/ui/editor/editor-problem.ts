/** What can be written in an editor. */
export type EditorLanguage = "typescript" | "json" | "yaml" | "text";

/** Something about a place in the text. Lines and columns count from 1; line 0 is the whole text. */
export interface EditorProblem {
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly tone: "bad" | "warning" | "info";
  readonly message: string;
}
