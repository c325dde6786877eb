import type { ReactNode } from "react";
import type { ServiceView } from "../../mesh/mesh-view.ts";
import { numbersOf } from "../mesh/live-mesh.ts";
import { Stats } from "../ui/facts.tsx";
import { formatCount, formatMs, formatRate } from "../ui/format.ts";

/** The few numbers of a service. */
export function ServiceNumbers({ service }: { readonly service: ServiceView }): ReactNode {
  const { callsPerSecond, errorsPerSecond, p50Ms, p99Ms } = numbersOf(service);
  const { instances } = service;
  const silent = instances.filter(({ isSilent }) => isSilent).length;
  return (
    <Stats
      label="How the service does"
      stats={[
        {
          name: "Instances",
          value: formatCount(instances.length),
          ...(silent > 0 && { unit: `${silent} silent` }),
        },
        { name: "Calls per second", value: formatRate(callsPerSecond) },
        { name: "Errors per second", value: formatRate(errorsPerSecond), isBad: (errorsPerSecond ?? 0) > 0 },
        { name: "p50", value: formatMs(p50Ms) },
        { name: "p99", value: formatMs(p99Ms) },
      ]}
    />
  );
}
