import type { ReactNode } from "react";
import type { ServiceView } from "../../mesh/mesh-view.ts";
import { Stats } from "../ui/facts.tsx";
import { formatCount, formatMs, formatRate } from "../ui/format.ts";
import { Sparkline } from "../ui/sparkline.tsx";
import { type LiveMesh, numbersOf, sumOfKnown, totalSeries } from "./live-mesh.ts";
import { thinned } from "./thinned.ts";

/** What can be told apart beside a number. */
const MOST_POINTS = 120;

/** The few numbers of the whole mesh. */
export function MeshTotals({
  mesh,
  services,
}: {
  readonly mesh: LiveMesh;
  readonly services: readonly ServiceView[];
}): ReactNode {
  const numbers = services.map(numbersOf);
  const instances = services.flatMap((service) => service.instances);
  const silent = instances.filter(({ isSilent }) => isSilent).length;
  const calls = sumOfKnown(numbers.map(({ callsPerSecond }) => callsPerSecond));
  const errors = sumOfKnown(numbers.map(({ errorsPerSecond }) => errorsPerSecond));
  const slowest = services.flatMap(({ functions }) => functions.flatMap(({ p99Ms }) => p99Ms ?? []));
  const errorSeries = totalSeries(mesh, services, "errorsPerSecond");
  return (
    <Stats
      label="The mesh as a whole"
      stats={[
        { name: "Services", value: formatCount(services.length) },
        {
          name: "Instances",
          value: formatCount(instances.length),
          ...(silent > 0 && { unit: `${silent} silent` }),
        },
        {
          name: "Calls per second",
          value: formatRate(calls),
          chart: (
            <Sparkline
              values={thinned(totalSeries(mesh, services, "callsPerSecond"), MOST_POINTS)}
              label={`Calls per second, the last minutes: ${formatRate(calls)} now`}
            />
          ),
        },
        {
          name: "Errors per second",
          value: formatRate(errors),
          isBad: (errors ?? 0) > 0,
          chart: (
            <Sparkline
              tone={errorSeries.some((value) => (value ?? 0) > 0) ? "bad" : "neutral"}
              values={thinned(errorSeries, MOST_POINTS)}
              label={`Errors per second, the last minutes: ${formatRate(errors)} now`}
            />
          ),
        },
        { name: "Slowest p99", value: formatMs(slowest.length === 0 ? null : Math.max(...slowest)) },
      ]}
    />
  );
}
