import { type ReactNode, Suspense, lazy } from "react";
import styles from "./code-editor.module.css";
import type { EditorLanguage } from "./editor/editor-problem.ts";
import { Skeleton } from "./skeleton.tsx";

const View = lazy(async () => ({ default: (await import("./editor/diff-view.tsx")).DiffView }));

/** What a {@link Diff} takes. */
export interface DiffProps {
  /** What is compared, read out. */
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly language: EditorLanguage;
  /** CSS height. Default: as much as it needs, within limits. */
  readonly height?: string;
}

/** What changes between two texts; what stays the same is folded. */
export function Diff({ height, ...rest }: DiffProps): ReactNode {
  return (
    <div className={styles["editor"]} style={{ height }}>
      <Suspense fallback={<Skeleton height={height ?? "12rem"} />}>
        <View {...rest} hasOwnHeight={height === undefined} />
      </Suspense>
    </div>
  );
}
