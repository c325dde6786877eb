import type { ReactNode } from "react";
import type { DeployedFunction } from "../../../mesh/deployment.ts";
import { serviceKey } from "../../mesh/live-mesh.ts";
import { useLiveMesh } from "../../mesh/use-live-mesh.ts";
import { Stats } from "../../ui/facts.tsx";
import { formatCount, formatMs, formatRate } from "../../ui/format.ts";
import { Sparkline } from "../../ui/sparkline.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";

/** How a function does at the moment, once a second, as the mesh tells it. */
export function FunctionNumbers({
  project,
  fn,
  deployed,
}: FunctionTabProps & { readonly deployed: DeployedFunction | undefined }): ReactNode {
  const { mesh } = useLiveMesh();
  const series = mesh.series.get(serviceKey({ project, name: fn.label }));
  const now = mesh.view?.services
    .find((each) => each.project === project && each.name === fn.label)
    ?.functions.find(({ name }) => name === "handler");
  const running = deployed?.versions.reduce((sum, { instances = 0 }) => sum + instances, 0);
  const isAsleep = running === 0 && deployed?.state === "ready";
  return (
    <Stats
      label="Now"
      stats={[
        {
          name: "Instances",
          value: isAsleep ? "asleep" : formatCount(running),
        },
        {
          name: "Calls",
          value: formatRate(now?.callsPerSecond ?? 0),
          unit: "/s",
          ...(series !== undefined && {
            chart: <Sparkline values={series.callsPerSecond} label="Calls per second, the last minutes" />,
          }),
        },
        {
          name: "Errors",
          value: formatRate(now?.errorsPerSecond ?? 0),
          unit: "/s",
          isBad: (now?.errorsPerSecond ?? 0) > 0,
          ...(series !== undefined && {
            chart: <Sparkline values={series.errorsPerSecond} tone="bad" label="Errors per second, the last minutes" />,
          }),
        },
        {
          name: "p99",
          value: formatMs(now?.p99Ms),
          ...(series !== undefined && {
            chart: <Sparkline values={series.p99Ms} tone="warning" label="p99, the last minutes" />,
          }),
        },
      ]}
    />
  );
}
