import type { ReactNode } from "react";
import type { DeployedFunction, DeployedVersion } from "../../../mesh/deployment.ts";
import type { Column } from "../../ui/column.ts";
import { CopyText } from "../../ui/copy.tsx";
import { Table } from "../../ui/table.tsx";
import { ConditionMark } from "../detail/condition.tsx";

/** The versions that are deployed, and how each does. */
export function DeployedVersions({ deployed }: { readonly deployed: DeployedFunction }): ReactNode {
  return (
    <Table
      label="Versions that are deployed"
      columns={columnsFor(deployed)}
      rows={deployed.versions}
      rowKey={({ version }) => String(version)}
    />
  );
}

function columnsFor(deployed: DeployedFunction): readonly Column<DeployedVersion>[] {
  return [
    { id: "version", header: "Version", isNoWrap: true, cell: ({ version }) => `v${version}` },
    {
      id: "traffic",
      header: "Calls",
      align: "number",
      cell: ({ version }) => `${deployed.traffic[version] ?? 0} %`,
    },
    { id: "state", header: "State", cell: (condition) => <ConditionMark condition={condition} isPlain /> },
    {
      id: "instances",
      header: "Instances",
      align: "number",
      cell: ({ instances, state }) => (instances === 0 && state === "ready" ? "asleep" : (instances ?? "–")),
    },
    {
      id: "image",
      header: "Image",
      isNoWrap: true,
      cell: ({ image }) => <CopyText text={image}>{shortDigest(image)}</CopyText>,
    },
  ];
}

/** What people tell images apart by. */
export function shortDigest(reference: string): string {
  return /sha256:([0-9a-f]{8})/.exec(reference)?.[1] ?? reference;
}
