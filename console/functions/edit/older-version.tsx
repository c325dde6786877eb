import { Pencil } from "lucide-react";
import type { ReactNode } from "react";
import type { FunctionVersion, StoredFunction } from "../../../mesh/function.ts";
import { useSession } from "../../session/session-context.tsx";
import { Button } from "../../ui/button.tsx";
import { CodeEditor } from "../../ui/code-editor.tsx";
import { Notice } from "../../ui/notice.tsx";
import { functionRoute } from "../routes.ts";
import { codeOf } from "./draft.ts";
import styles from "./edit.module.css";
import { editorLanguage } from "./editor-language.ts";
import { useDraft } from "./use-draft.ts";

/** The code of a version that is not the latest: versions never change, but a new one can begin with it. */
export function OlderVersion({
  fn,
  older,
}: {
  readonly fn: StoredFunction;
  readonly older: FunctionVersion;
}): ReactNode {
  const { can } = useSession();
  const draft = useDraft(fn);
  const navigate = functionRoute.useNavigate();
  const toLatest = (): void => void navigate({ search: { tab: "code" } });
  return (
    <div className={styles["workbench"]}>
      <Notice
        tone="info"
        title={`This is version ${older.version}`}
        actions={
          <>
            <Button size="small" onClick={toLatest}>
              To version {fn.version}
            </Button>
            {can("change") && (
              <Button
                size="small"
                icon={<Pencil aria-hidden="true" />}
                onClick={() => {
                  draft.change(codeOf(older));
                  toLatest();
                }}
              >
                Edit from here
              </Button>
            )}
          </>
        }
      >
        Versions never change. Editing from here makes the next version with this code
        {draft.isChanged ? ", in place of what is not saved" : ""}.
      </Notice>
      <div className={styles["editor"]}>
        <CodeEditor
          label={`Handler of ${fn.label}, version ${older.version}`}
          value={older.handler}
          language={editorLanguage(older.template)}
          height="100%"
          isReadOnly
        />
      </div>
    </div>
  );
}
