import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import type { JobError } from "../../../mesh/job.ts";
import { CodeEditor } from "../../ui/code-editor.tsx";
import type { EditorPlace } from "../../ui/editor/editor-problem.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { handlerPlaces } from "../build/handler-places.ts";
import type { Code } from "./draft.ts";
import styles from "./edit.module.css";
import { editorLanguage } from "./editor-language.ts";

/** The editor of a handler; it knows what a handler gets and what it can import. */
export function HandlerEditor({
  fn,
  code,
  isReadOnly,
  error,
  place,
  onChange,
  onSave,
  onRun,
}: {
  readonly fn: Pick<StoredFunction, "label" | "template" | "runtime">;
  readonly code: Code;
  readonly isReadOnly: boolean;
  /** Why the build of this very text failed. */
  readonly error?: JobError | undefined;
  readonly place?: EditorPlace | undefined;
  readonly onChange: (handler: string) => void;
  readonly onSave: () => void;
  readonly onRun: () => void;
}): ReactNode {
  const hasTypes = fn.template === "typescript";
  const types = useQuery({
    queryKey: ["handler types"],
    queryFn: () => import("./editor-types.ts"),
    enabled: hasTypes,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const packages = Object.keys(code.dependencies).toSorted().join(" ");
  const known = useMemo(
    () =>
      types.data?.editorTypes(
        fn.runtime,
        packages.split(" ").filter((name) => name !== ""),
      ),
    [types.data, fn.runtime, packages],
  );
  const problems = useMemo(() => (error === undefined ? [] : handlerPlaces(error)), [error]);
  return (
    <div className={styles["editor"]}>
      {/* An editor that gets its types later would begin anew, without what was undone. */}
      {hasTypes && types.isPending ? (
        <Skeleton height="30rem" />
      ) : (
        <CodeEditor
          label={`Handler of ${fn.label}`}
          value={code.handler}
          language={editorLanguage(fn.template)}
          isReadOnly={isReadOnly}
          height="100%"
          problems={problems}
          place={place}
          onChange={onChange}
          onSave={onSave}
          onRun={onRun}
          {...(known !== undefined && { types: known })}
        />
      )}
    </div>
  );
}
