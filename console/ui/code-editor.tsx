import type { CompletionSource } from "@codemirror/autocomplete";
import { type ReactNode, Suspense, lazy } from "react";
import styles from "./code-editor.module.css";
import type { EditorLanguage, EditorPlace, EditorProblem } from "./editor/editor-problem.ts";
import { Skeleton } from "./skeleton.tsx";

const Editor = lazy(async () => ({ default: (await import("./editor/code-mirror.tsx")).CodeMirror }));

/** What a {@link CodeEditor} takes. */
export interface CodeEditorProps {
  /** What is written here, read out. */
  readonly label: string;
  readonly value: string;
  readonly onChange?: (value: string) => void;
  readonly language: EditorLanguage;
  readonly isReadOnly?: boolean;
  /** CSS height. Default: as much as the text needs, from 8 to 40 lines. */
  readonly height?: string;
  /** Found elsewhere, such as by the gateway: underlined, with a mark at the side. */
  readonly problems?: readonly EditorProblem[];
  /** What may stand at the cursor. */
  readonly complete?: CompletionSource;
  /** Declaration files by path, `/functions-mesh.d.ts`: turns on TypeScript, which checks and completes while one types. */
  readonly types?: Readonly<Record<string, string>>;
  /** Ctrl or ⌘ with S. */
  readonly onSave?: () => void;
  /** Ctrl or ⌘ with Enter. */
  readonly onRun?: () => void;
  /** Where the cursor goes, each time that it is another object. */
  readonly place?: EditorPlace | undefined;
}

/** An editor for code; fetched when it is first shown. Escape, then Tab leaves it by the keyboard. */
export function CodeEditor({ height, ...rest }: CodeEditorProps): ReactNode {
  return (
    <div className={styles["editor"]} style={{ height }}>
      <Suspense fallback={<Skeleton height={height ?? "12rem"} />}>
        <Editor {...rest} hasOwnHeight={height === undefined} />
      </Suspense>
    </div>
  );
}
