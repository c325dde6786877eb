import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { useSession } from "../../session/session-context.tsx";
import type { EditorPlace } from "../../ui/editor/editor-problem.ts";
import { QueryView } from "../../ui/query-view.tsx";
import { BuildPanel } from "../build/build-panel.tsx";
import { useLatestBuild } from "../build/use-latest-build.ts";
import { useVersion } from "../use-version.ts";
import { functionRoute } from "../routes.ts";
import { CodeBar } from "./code-bar.tsx";
import { CodeConflict } from "./code-conflict.tsx";
import { Dependencies } from "./dependencies.tsx";
import styles from "./edit.module.css";
import { HandlerEditor } from "./handler-editor.tsx";
import { OlderVersion } from "./older-version.tsx";
import { useCodeActions } from "./use-code-actions.ts";
import { useDraft } from "./use-draft.ts";

interface Props {
  readonly project: string;
  readonly fn: StoredFunction;
}

/** The code of a function: written, saved as versions, and built. An address with a version shows that one. */
export function CodeTab({ project, fn }: Props): ReactNode {
  const { version } = functionRoute.useSearch();
  if (version === undefined || version === fn.version) return <Workbench project={project} fn={fn} />;
  return <Older project={project} fn={fn} version={version} />;
}

function Older({ project, fn, version }: Props & { readonly version: number }): ReactNode {
  const query = useVersion(project, fn, version);
  return (
    <QueryView query={query} title={`Version ${version} cannot be shown`}>
      {(older) => <OlderVersion fn={fn} older={older} />}
    </QueryView>
  );
}

function Workbench({ project, fn }: Props): ReactNode {
  const { can } = useSession();
  const draft = useDraft(fn);
  const actions = useCodeActions(project, fn, draft);
  const used = useLatestBuild(project, fn);
  const [place, setPlace] = useState<EditorPlace>();
  const isReadOnly = !can("change");
  return (
    <div className={styles["workbench"]}>
      <CodeBar fn={fn} draft={draft} actions={actions} isReadOnly={isReadOnly} />
      <CodeConflict fn={fn} draft={draft} />
      <div className={styles["columns"]}>
        <HandlerEditor
          fn={fn}
          code={draft.code}
          isReadOnly={isReadOnly}
          // Where the mistakes of a build are is known only until the text changes.
          error={draft.isChanged || used?.job?.version !== fn.version ? undefined : used.job.error}
          place={place}
          onChange={(handler) => draft.change({ handler })}
          onSave={actions.save}
          onRun={actions.build}
        />
        <div className={styles["side"]}>
          <BuildPanel project={project} fn={fn} used={used} isChanged={draft.isChanged} onPlace={setPlace} />
          {fn.template !== "python" && (
            <Dependencies
              dependencies={draft.code.dependencies}
              isReadOnly={isReadOnly}
              onChange={(dependencies) => draft.change({ dependencies })}
            />
          )}
          <p className={styles["soft"]}>
            Environment, secrets, timeout and limits are under{" "}
            <Link to="/functions/$project/$name" params={{ project, name: fn.label }} search={{ tab: "settings" }}>
              Settings
            </Link>
            .
          </p>
        </div>
      </div>
    </div>
  );
}
