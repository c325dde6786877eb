import { Link } from "@tanstack/react-router";
import { Rocket } from "lucide-react";
import type { ReactNode } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import type { EditorPlace } from "../../ui/editor/editor-problem.ts";
import { Kbd } from "../../ui/kbd.tsx";
import { Notice } from "../../ui/notice.tsx";
import styles from "./job.module.css";
import { JobView } from "./job-view.tsx";
import type { UsedJob } from "./use-job.ts";

/** The build beside the code: how it goes, and what to do next. */
export function BuildPanel({
  project,
  fn,
  used,
  isChanged,
  onPlace,
}: {
  readonly project: string;
  readonly fn: StoredFunction;
  readonly used: UsedJob | undefined;
  /** There is code that is not saved, so not in what was built. */
  readonly isChanged: boolean;
  readonly onPlace: (place: EditorPlace) => void;
}): ReactNode {
  return (
    <Card title="Build">
      {used === undefined ? (
        <p className={styles["soft"]}>
          Version {fn.version} is not built yet. <Kbd keys="mod Enter" /> in the editor makes its image.
        </p>
      ) : (
        <JobView
          project={project}
          used={used}
          {...(!isChanged && { onPlace })}
          next={used.job && <NextDeploy project={project} fn={fn} version={used.job.version} />}
        />
      )}
      {used !== undefined && isChanged && <p className={styles["soft"]}>What you changed since is not in it.</p>}
    </Card>
  );
}

/** A version is built: the next step is to deploy it. */
export function NextDeploy({
  project,
  fn,
  version,
}: {
  readonly project: string;
  readonly fn: StoredFunction;
  readonly version: number;
}): ReactNode {
  if (fn.status === "deployed" && fn.traffic[version] !== undefined) {
    return <Notice tone="good" title={`Version ${version} is built and gets calls`} />;
  }
  return (
    <Notice
      tone="good"
      title={`Version ${version} is built`}
      actions={
        <Link
          to="/functions/$project/$name"
          params={{ project, name: fn.label }}
          search={{ tab: "deploy", version }}
          className={buttonClass({ variant: "primary" })}
        >
          <Rocket aria-hidden="true" /> Deploy
        </Link>
      }
    >
      Nothing runs yet: deploying brings it into the mesh.
    </Notice>
  );
}
