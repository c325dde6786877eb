import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { DeployedVersion } from "../../../mesh/deployment.ts";
import type { FunctionVersion } from "../../../mesh/function.ts";
import type { BuiltImage } from "../../../mesh/job.ts";
import { Badge } from "../../ui/badge.tsx";
import type { Column } from "../../ui/column.ts";
import { CopyText } from "../../ui/copy.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { shortDigest } from "../deploy/deployed-versions.tsx";
import { ConditionMark } from "../detail/condition.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { VersionActions } from "./version-actions.tsx";
import styles from "./versions.module.css";

/** What is known of versions, and done with them. */
interface About extends FunctionTabProps {
  readonly runs: ReadonlyMap<number, DeployedVersion>;
  readonly images: ReadonlyMap<number, BuiltImage>;
  readonly isBusy: boolean;
  readonly onPromote: (version: number) => void;
  readonly onCompare: (after: number, before: number) => void;
}

/** What the table shows of each version. */
export function versionColumns(about: About): readonly Column<FunctionVersion>[] {
  const { project, fn, runs, images, isBusy, onPromote, onCompare } = about;
  return [
    {
      id: "version",
      header: "Version",
      isNoWrap: true,
      cell: ({ version }) => (
        <span className={styles["version"]}>
          <Link
            to="/functions/$project/$name"
            params={{ project, name: fn.label }}
            search={{ tab: "code", version }}
            title={`Open version ${version} in the editor`}
          >
            v{version}
          </Link>
          {version === fn.version && <Badge tone="accent">latest</Badge>}
        </span>
      ),
    },
    {
      id: "made",
      header: "Made",
      isNoWrap: true,
      cell: ({ createdAt, createdBy }) => (
        <>
          <TimeAgo time={createdAt} /> <span className={styles["muted"]}>by {createdBy}</span>
        </>
      ),
    },
    {
      id: "image",
      header: "Image",
      isNoWrap: true,
      cell: ({ version }) => {
        const reference = images.get(version)?.reference ?? runs.get(version)?.image;
        if (reference === undefined) return <span className={styles["muted"]}>not built</span>;
        return <CopyText text={reference}>{shortDigest(reference)}</CopyText>;
      },
    },
    {
      id: "runs",
      header: "Runs",
      cell: ({ version }) => {
        const condition = runs.get(version);
        if (condition === undefined) return <span className={styles["muted"]}>not deployed</span>;
        return <ConditionMark condition={condition} isPlain />;
      },
    },
    { id: "calls", header: "Calls", cell: ({ version }) => <Calls percent={fn.traffic[version] ?? 0} /> },
    {
      id: "actions",
      header: <span className="visually-hidden">What can be done</span>,
      align: "end",
      cell: ({ version }) => (
        <VersionActions
          version={version}
          canPromote={runs.has(version) && fn.traffic[version] !== 100}
          isBusy={isBusy}
          onPromote={onPromote}
          onCompare={onCompare}
        />
      ),
    },
  ];
}

function Calls({ percent }: { readonly percent: number }): ReactNode {
  if (percent === 0) return <span className={styles["muted"]}>none</span>;
  return (
    <span className={styles["calls"]}>
      <span className={styles["meter"]} aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
      {percent} %
    </span>
  );
}
