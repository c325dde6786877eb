import type { ReactNode } from "react";
import type { DeployedFunction } from "../../../mesh/deployment.ts";
import type { FunctionVersion } from "../../../mesh/function.ts";
import type { BuiltImage } from "../../../mesh/job.ts";
import { Table } from "../../ui/table.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import type { useTraffic } from "./use-traffic.ts";
import { versionColumns } from "./version-columns.tsx";

/** All versions: who made them and when, what was built of them, which of them run and get calls. */
export function VersionsTable({
  project,
  fn,
  versions,
  deployed,
  images,
  traffic,
  onCompare,
}: FunctionTabProps & {
  readonly versions: readonly FunctionVersion[];
  readonly deployed: DeployedFunction | undefined;
  readonly images: ReadonlyMap<number, BuiltImage>;
  readonly traffic: ReturnType<typeof useTraffic>;
  readonly onCompare: (after: number, before: number) => void;
}): ReactNode {
  const runs = new Map(deployed?.versions.map((each) => [each.version, each]));
  const columns = versionColumns({
    ...{ project, fn, runs, images, onCompare },
    isBusy: traffic.isPending,
    onPromote: (version) => traffic.mutate({ seen: fn.traffic, change: { promote: version } }),
  });
  return <Table label="Versions" columns={columns} rows={versions} rowKey={({ version }) => String(version)} />;
}
